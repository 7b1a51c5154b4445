import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { classify, toDeploymentError } from '../../aws/errors.ts';
import { operationOf } from '../../aws/operation.ts';
import { awsError } from './an-invocation.ts';

const connection = (code: string, message = `connect ${code} 10.0.0.1:443`): Error =>
  Object.assign(new Error(message), { code });

/** What Node throws where a name has several addresses and none accepts. */
const nobody = Object.assign(
  new AggregateError([connection('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')], ''),
  { code: 'ECONNREFUSED' },
);

test.each<[string, Error, string[]]>([
  [
    'nothing that listens',
    connection('ECONNREFUSED'),
    ['nothing accepted the connection', 'AWS_ENDPOINT_URL'],
  ],
  ['nothing at any address', nobody, ['connect ECONNREFUSED ::1:1', 'nothing accepted the connection']],
  ['no way there', connection('ENETUNREACH'), ['nothing accepted the connection', 'the network']],
  ['no way to the host', connection('EHOSTUNREACH'), ['nothing accepted the connection']],
  [
    'no name server',
    connection('EAI_AGAIN', 'getaddrinfo EAI_AGAIN x'),
    ['no name server answered', 'network'],
  ],
  [
    'a certificate of a company’s own',
    connection('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
    ['is not trusted', 'AWS_CA_BUNDLE'],
  ],
  ['one without its issuer', connection('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), ['is not trusted']],
  ['one that is over', connection('CERT_HAS_EXPIRED'), ['is not trusted', 'clock']],
  ['one of another name', connection('ERR_TLS_CERT_ALTNAME_INVALID'), ['is not trusted']],
  ['no TLS', connection('EPROTO'), ['speaks no TLS', 'http:']],
  ['no TLS, as OpenSSL calls it', connection('ERR_SSL_WRONG_VERSION_NUMBER'), ['speaks no TLS']],
  [
    'no HTTP',
    connection('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/'),
    ['speaks no HTTP', 'https:'],
  ],
  [
    'a page of a proxy',
    awsError('SyntaxError', "Unexpected token '<'\n  Deserialization error: to see the raw", 407),
    ['is not AWS (HTTP 407, SyntaxError: Unexpected token', 'proxy'],
  ],
])('%s on the way to AWS is said with what to do', (_what, error, parts) => {
  const wrapped = toDeploymentError(error, {
    what: 'read the clusters',
    operation: operationOf(new DescribeClustersCommand({})),
    attempts: 6,
  });

  expect(classify(error)).toBe('Unavailable');
  expect(wrapped).toMatchObject({ message: expect.stringMatching(/^Could not read the clusters: /) });
  for (const part of parts) expect(wrapped).toMatchObject({ message: expect.stringContaining(part) });
  expect(wrapped).not.toMatchObject({ message: expect.stringMatching(/no message|Health Dashboard/) });
});
