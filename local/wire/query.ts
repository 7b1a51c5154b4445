import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { queryCodeOf, RefusedRequest } from './errors.ts';
import { readQuery } from './read-query.ts';
import type { ServiceModel } from './services.ts';
import type { WireAnswer, WireProtocol, WireRequest } from './wire.types.ts';

const parametersOf = ({ body }: WireRequest): URLSearchParams => new URLSearchParams(body.toString('utf8'));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What XML 1.0 cannot hold, escaped or not: a client could not read an answer that repeats it. */
const NO_XML = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu;

const answer = (status: number, xml: string, requestId: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replace(NO_XML, '\ufffd')}`,
});

/** The members of an output as XML in an element of this name; '' when the operation has no output. */
const written = (model: ServiceModel, schema: unknown, output: object, element: string): string => {
  if (!NormalizedSchema.of(schema as never).isStructSchema()) return '';
  const serializer = new XmlShapeSerializer({
    // 5: RFC 3339.
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: model.xmlNamespace,
    serviceNamespace: '',
  });
  serializer.write(schema as never, output);
  const { buffer } = serializer as unknown as { buffer: { withName(name: string): void } };
  buffer.withName(element);
  return String(serializer.flush());
};

const operationIn = (request: WireRequest): string => {
  const action = parametersOf(request).get('Action');
  if (action !== null && /^\w+$/.test(action)) return action;
  throw new RefusedRequest('MissingAction', 'Expected a parameter Action, found none.');
};

/** AWS Query: parameters in a form, XML in the answer. */
export const queryProtocol: WireProtocol = {
  operationIn,
  read: (request, { input }) => readQuery(input, parametersOf(request), { ec2: false }),
  write: (model, { name, output: schema }, output, requestId) => {
    const result = written(model, schema, output, `${name}Result`);
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    const xml = `<${name}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${name}Response>`;
    return answer(200, xml, requestId);
  },
  writeError: (model, error, requestId) => {
    const { code, status } = queryCodeOf(model, error);
    const type = status < 500 ? 'Sender' : 'Receiver';
    const shown = `<Type>${type}</Type><Code>${escaped(code)}</Code><Message>${escaped(error.message)}</Message>`;
    const body = `<Error>${shown}</Error><RequestId>${requestId}</RequestId>`;
    const xml = `<ErrorResponse xmlns="${model?.xmlNamespace ?? ''}">${body}</ErrorResponse>`;
    return answer(status, xml, requestId);
  },
};

/** EC2's dialect of it: no element around the result, other names for lists. */
export const ec2Protocol: WireProtocol = {
  operationIn,
  read: (request, { input }) => readQuery(input, parametersOf(request), { ec2: true }),
  write: (model, { name, output: schema }, output, requestId) => {
    const id = `<requestId>${requestId}</requestId>`;
    const element = written(model, schema, output, `${name}Response`);
    const end = `</${name}Response>`;
    const xml = element.endsWith(end)
      ? `${element.slice(0, -end.length)}${id}${end}`
      : `<${name}Response xmlns="${model.xmlNamespace}">${id}${end}`;
    return answer(200, xml, requestId);
  },
  writeError: (model, error, requestId) => {
    const { code, status } = queryCodeOf(model, error);
    const shown = `<Code>${escaped(code)}</Code><Message>${escaped(error.message)}</Message>`;
    const xml = `<Response><Errors><Error>${shown}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
    return answer(status, xml, requestId);
  },
};
