import type { Sender } from '../../aws/call.ts';
import { cborProtocol } from './cbor.ts';
import { RefusedRequest, wireErrorOf } from './errors.ts';
import { invokeFunction, writeRestError } from './invoke.ts';
import { answerPlainJson, jsonProtocol } from './json.ts';
import { ec2Protocol, queryProtocol } from './query.ts';
import {
  isModelled,
  modelOf,
  type Senders,
  type ServiceModel,
  type ServiceName,
  serviceNamed,
} from './services.ts';
import type { WireAnswer, WireProtocol, WireRequest } from './wire.types.ts';

/** `Credential=AKIA/20260105/us-east-1/ecs/aws4_request`: what is signed for. */
const SIGNED_FOR = /Credential=[^,\s]*\/\d{8}\/[\w-]+\/([\w.-]+)\/aws4_request/;

const serviceIn = ({ headers }: WireRequest): ServiceName => {
  const name = SIGNED_FOR.exec(headers.authorization ?? '')?.[1];
  if (name === undefined) {
    throw new RefusedRequest(
      'MissingAuthenticationToken',
      'Expected a request of an AWS client, signed with any credentials; found no signature of version ' +
        '4. Credentials are not checked here.',
      403,
    );
  }
  const service = serviceNamed(name);
  if (service !== undefined) return service;
  throw new RefusedRequest('NotImplemented', `This local world has no service ${name}.`, 501);
};

const protocolOf = (service: ServiceName | undefined, { headers }: WireRequest): WireProtocol => {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cborProtocol;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-amz-json-1.0')) return jsonProtocol('1.0');
  if (type.startsWith('application/x-amz-json-1.1')) return jsonProtocol('1.1');
  return service === 'ec2' ? ec2Protocol : queryProtocol;
};

const serve = async (
  request: WireRequest,
  protocol: WireProtocol,
  model: ServiceModel,
  sender: Sender | undefined,
  requestId: string,
): Promise<WireAnswer> => {
  const name = protocol.operationIn(request);
  const operation = model.operation(name);
  if (operation === undefined && model.inPart)
    throw new RefusedRequest(
      'NotImplemented',
      `This local world does not model ${model.service} ${name.slice(0, 100)}.`,
      501,
    );
  if (operation === undefined) {
    const code = protocol === queryProtocol ? 'InvalidAction' : 'UnknownOperationException';
    throw new RefusedRequest(code, `${model.service} has no operation ${name.slice(0, 100)}.`);
  }
  if (sender === undefined) {
    throw new RefusedRequest(
      'NotImplemented',
      `The files of this world describe nothing of ${model.service}.`,
      501,
    );
  }
  const input = protocol.read(request, operation);
  const output = (await sender.send({ input, constructor: { name: `${name}Command` } })) as object;
  return protocol.write(model, operation, output, requestId);
};

/** Answers one request of any AWS client; an error, too, is an answer. */
export const answerRequest = async (
  request: WireRequest,
  senders: Senders,
  requestId: string,
): Promise<WireAnswer> => {
  let service: ServiceName | undefined;
  try {
    service = serviceIn(request);
    if (service === 'lambda') {
      if (senders.lambda === undefined) throw new RefusedRequest('NotImplemented', 'No Lambda here.', 501);
      return await invokeFunction(request, senders.lambda, requestId);
    }
    if (!isModelled(service)) return await answerPlainJson(request, senders[service], requestId);
    const model = await modelOf(service);
    return await serve(request, protocolOf(service, request), model, senders[service], requestId);
  } catch (error) {
    const wireError = wireErrorOf(error);
    if (service === 'lambda') return writeRestError(wireError, requestId);
    const model = service === undefined || !isModelled(service) ? undefined : await modelOf(service);
    return protocolOf(service, request).writeError(model, wireError, requestId, request);
  }
};
