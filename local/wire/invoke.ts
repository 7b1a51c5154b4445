import type { Sender } from '../../aws/call.ts';
import { RefusedRequest } from './errors.ts';
import type { WireAnswer, WireError, WireRequest } from './wire.types.ts';

/** Lambda's REST-JSON: of its operations only Invoke, whose payload is the body itself. */
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;

type Invoked = { StatusCode?: number; FunctionError?: string; Payload?: Uint8Array };

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RefusedRequest('InvalidRequestContentException', 'Expected a path with valid percent signs.');
  }
};

export const invokeFunction = async (
  { method, path, search, headers, body }: WireRequest,
  lambda: Sender,
  requestId: string,
): Promise<WireAnswer> => {
  const name = PATH.exec(path)?.[1];
  if (method !== 'POST' || name === undefined) {
    throw new RefusedRequest(
      'NotImplemented',
      `This local world models of Lambda only Invoke; found ${method} ${path}.`,
      501,
    );
  }
  const named = decoded(name).replace(/^.*:function:/, '');
  const qualifier = new URLSearchParams(search).get('Qualifier') ?? named.split(':')[1];
  const input = {
    ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    FunctionName: named.replace(/:.*$/, ''),
    InvocationType: headers['x-amz-invocation-type'] ?? 'RequestResponse',
    Payload: body.length === 0 ? new TextEncoder().encode('{}') : body,
  };
  const output = (await lambda.send({ input, constructor: { name: 'InvokeCommand' } })) as Invoked;
  return {
    status: output.StatusCode ?? 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amz-executed-version': '$LATEST',
      ...(output.FunctionError === undefined ? {} : { 'x-amz-function-error': output.FunctionError }),
    },
    body: output.Payload ?? '',
  };
};

export const writeRestError = ({ name, message, status }: WireError, requestId: string): WireAnswer => ({
  status,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': name,
  },
  body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message }),
});
