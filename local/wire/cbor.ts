import { CborCodec } from '@smithy/core/cbor';
import { checkedInput } from './checked-input.ts';
import { queryCodeOf, RefusedRequest, statusOf } from './errors.ts';
import { queryErrorHeader } from './json.ts';
import type { WireAnswer, WireProtocol } from './wire.types.ts';

const codec = new CborCodec();
/** 15: a document, which is written by its own types. */
const DOCUMENT = 15;

const PATH = /^\/service\/\w+\/operation\/(\w+)$/;

const answer = (status: number, schema: unknown, value: object, requestId: string): WireAnswer => {
  const serializer = codec.createSerializer();
  serializer.write(schema as never, value);
  return {
    status,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-requestid': requestId,
    },
    body: serializer.flush() as Uint8Array,
  };
};

/** Smithy RPC v2 CBOR, which today's botocore and AWS CLI speak to CloudWatch. */
export const cborProtocol: WireProtocol = {
  operationIn: ({ path }) => {
    const operation = PATH.exec(path)?.[1];
    if (operation !== undefined) return operation;
    throw new RefusedRequest('UnknownOperationException', `No operation is at the path ${path}.`, 404);
  },
  read: ({ body }, { input }) => {
    if (body.length === 0) return {};
    return checkedInput(input, () => codec.createDeserializer().read(input as never, body));
  },
  write: (_model, { output: schema }, output, requestId) => answer(200, schema, output, requestId),
  writeError: (model, error, requestId, { headers }) => {
    const { name, message } = error;
    const shown = answer(statusOf(model, error), DOCUMENT, { __type: name, message }, requestId);
    const asksForCode = model?.queryCompatible === true && headers['x-amzn-query-mode'] === 'true';
    if (asksForCode) shown.headers['x-amzn-query-error'] = queryErrorHeader(queryCodeOf(model, error));
    return shown;
  },
};
