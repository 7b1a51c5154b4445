import { JsonCodec2, type JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { queryCodeOf, RefusedRequest, statusOf } from './errors.ts';
import type { WireAnswer, WireProtocol } from './wire.types.ts';

/** 7: seconds since the epoch, unless a member's trait is another format. */
const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

const answer = (
  version: string,
  status: number,
  body: string | Uint8Array,
  requestId: string,
): WireAnswer => ({
  status,
  headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId },
  body,
});

/** AWS JSON 1.0 and 1.1, which differ in the content type alone. */
export const jsonProtocol = (version: '1.0' | '1.1'): WireProtocol => ({
  operationIn: ({ headers }) => {
    const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
    if (operation !== '') return operation;
    throw new RefusedRequest('MissingActionException', 'Expected a header X-Amz-Target, found none.');
  },
  read: ({ body }, { input }) => {
    const text = body.length === 0 ? '{}' : body.toString('utf8');
    const parsed: unknown = parse(text);
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
      throw new RefusedRequest('SerializationException', 'Expected the body to be a JSON object.');
    }
    const deserializer = codec.createDeserializer() as JsonShapeDeserializer2;
    return deserializer.readObject(input as never, parsed as never) as object;
  },
  write: (_model, { output: schema }, output, requestId) => {
    const serializer = codec.createSerializer();
    serializer.write(schema as never, output);
    return answer(version, 200, serializer.flush(), requestId);
  },
  writeError: (model, error, requestId, { headers }) => {
    const { name, message } = error;
    const status = statusOf(model, error);
    const shown = answer(version, status, JSON.stringify({ __type: name, message }), requestId);
    const asksForCode = model?.queryCompatible === true && headers['x-amzn-query-mode'] === 'true';
    if (asksForCode) shown.headers['x-amzn-query-error'] = queryErrorHeader(queryCodeOf(model, error));
    return shown;
  },
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedRequest('SerializationException', 'The body is no JSON.');
  }
};

/** `Code;Sender` for the caller's mistakes, `Code;Receiver` for the service's. */
export const queryErrorHeader = ({ code, status }: { code: string; status: number }): string =>
  `${code};${status < 500 ? 'Sender' : 'Receiver'}`;
