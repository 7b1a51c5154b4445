import { ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeAlarms } from '../../aws/alarms.ts';
import type { Call } from '../../aws/call.ts';
import { clientOptions } from '../../aws/client-options.ts';
import { makeClients } from '../../aws/clients.ts';
import { sendCommand } from '../../aws/command-function.ts';
import { makeEcsServices } from '../../aws/ecs-service.ts';
import { makeDeployments } from '../../aws/execution-history.ts';
import { readIdentity } from '../../aws/identity.ts';
import { readInstallation } from '../../aws/installation.ts';
import { makeLeases } from '../../aws/lease.ts';
import { makeTargets } from '../../aws/targets.ts';
import * as lambdas from '../../functions/deps.ts';
import { aSilentServer, endOfSilence, type SilentServer } from './a-silent-server.ts';
import { anInvocation } from './an-invocation.ts';

let server: SilentServer;

beforeEach(async () => {
  server = await aSilentServer();
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  vi.stubEnv('CUTOVER_TABLE', 'cutover');
  vi.stubEnv('CUTOVER_EVENT_BUS', 'default');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server.close();
});

/** One try only: what it is tried again for is call.test.ts's. */
const oneTry = (): Call => anInvocation({ deadlineMs: 0 }).call;

const group = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/1';
const execution = 'arn:aws:states:eu-west-1:111122223333:execution:cutover:shop';

test.each<[string, (call: Call) => Promise<unknown>]>([
  ['ECS', (call) => lambdas.ecsServices(call).read('shop', 'web')],
  ['ELB', (call) => lambdas.targets(call).read(group)],
  ['CloudWatch', (call) => lambdas.alarms(call).read(['errors'])],
  ['DynamoDB', (call) => lambdas.leases(call).read('shop/web')],
  ['Step Functions', (call) => lambdas.executions(call).status(execution)],
])('a Lambda waits 5 s for an answer of %s, and no longer', async (_service, read) => {
  const { error, afterMs } = await endOfSilence(server, () => read(oneTry()), 6_000);

  expect(error).toMatchObject({ name: 'Unavailable', cause: { name: 'TimeoutError' } });
  expect(afterMs).toBe(5_000);
});

const clients = () => makeClients(undefined);

test.each<[string, (call: Call) => Promise<unknown>]>([
  ['ECS', (call) => makeEcsServices(clients().ecs, call).read('shop', 'web')],
  ['ELB', (call) => makeTargets(clients().elbv2, call).read(group)],
  ['CloudWatch', (call) => makeAlarms(clients().cloudWatch, call).read(['errors'])],
  ['DynamoDB', (call) => makeLeases(clients().dynamoDb, call, 'cutover').read('shop/web')],
  ['Step Functions', (call) => makeDeployments(clients().stepFunctions, call).describe(execution)],
  ['SSM', (call) => readInstallation(clients().ssm, call, 'default')],
  ['STS', (call) => readIdentity(clients().sts, call)],
])('the command line waits 10 s for an answer of %s, and no longer', async (_service, read) => {
  const { error, afterMs } = await endOfSilence(server, () => read(oneTry()), 11_000);

  expect(error).toMatchObject({ name: 'Unavailable', cause: { name: 'TimeoutError' } });
  expect(afterMs).toBe(10_000);
});

test('the command line gives the Command Lambda the time that it may take, which is longer', async () => {
  const message = { cluster: 'shop', service: 'web', command: 'abort', by: 'ada', id: '1' } as const;
  const send = () =>
    sendCommand(clients().lambda, oneTry(), { functionName: 'command', byAlias: true }, message);

  const { error, afterMs } = await endOfSilence(server, send, 80_000);

  expect(error).toMatchObject({ name: 'Unavailable', cause: { name: 'TimeoutError' } });
  expect(afterMs).toBe(65_000);
});

test('an answer that stops half-way ends too', async () => {
  vi.useRealTimers();
  const half = await aSilentServer('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"services": [');
  const client = new ECSClient({ endpoint: half.url, ...clientOptions({ connectMs: 5_000, answerMs: 50 }) });

  const reading = makeEcsServices(client, oneTry()).read('shop', 'web');

  await expect(reading).rejects.toMatchObject({ name: 'Unavailable', cause: { name: 'TimeoutError' } });
  half.close();
});
