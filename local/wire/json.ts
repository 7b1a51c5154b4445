import { JsonCodec2, type JsonShapeDeserializer2 } from '@smithy/core/protocols';
import type { Sender } from '../../aws/call.ts';
import { checkedInput } from './checked-input.ts';
import { queryCodeOf, RefusedRequest, statusOf } from './errors.ts';
import type { WireAnswer, WireProtocol, WireRequest } from './wire.types.ts';

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
  operationIn,
  read: ({ body }, { input }) => {
    const deserializer = codec.createDeserializer() as JsonShapeDeserializer2;
    const found = objectIn(body);
    return checkedInput(input, () => deserializer.readObject(input as never, found as never));
  },
  write: (_model, { output: schema }, output, requestId) => {
    const serializer = codec.createSerializer();
    serializer.write(schema as never, output);
    // The codec's bytes pretend to be a text as well, and warn the one who reads them as one.
    const { buffer, byteOffset, byteLength } = serializer.flush() as Uint8Array;
    return answer(version, 200, new Uint8Array(buffer, byteOffset, byteLength), requestId);
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

/** AWS JSON 1.1 of a service whose members are all what JSON has, so that no schema is needed. */
export const answerPlainJson = async (
  request: WireRequest,
  sender: Sender | undefined,
  requestId: string,
): Promise<WireAnswer> => {
  const operation = operationIn(request);
  if (sender === undefined)
    throw new RefusedRequest('NotImplemented', 'This world has no such service.', 501);
  const input = objectIn(request.body);
  const output = await sender.send({ input, constructor: { name: `${operation}Command` } });
  return answer('1.1', 200, JSON.stringify(output), requestId);
};

const operationIn = ({ headers }: WireRequest): string => {
  const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
  if (operation !== '') return operation;
  throw new RefusedRequest('MissingActionException', 'Expected a header X-Amz-Target, found none.');
};

const objectIn = (body: Buffer): object => {
  const parsed = parse(body.length === 0 ? '{}' : body.toString('utf8'));
  if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed;
  throw new RefusedRequest('SerializationException', 'Expected the body to be a JSON object.');
};

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
