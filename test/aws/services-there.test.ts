import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readThere } from '../../aws/services-there.ts';
import { anInvocation } from './an-invocation.ts';

const CLUSTER = 'production';
const service = (serviceName: string, status: string) => ({ serviceName, status });

const read = async (names: string[], answer: object) => {
  const ecs = mockClient(ECSClient);
  ecs.on(DescribeServicesCommand).resolves(answer);
  const there = await readThere(new ECSClient({}), anInvocation().call, CLUSTER, names);
  return { there: [...there], asked: ecs.calls().map(({ args: [{ input }] }) => input) };
};

test('one that drains is there; one that is INACTIVE or unknown is not', async () => {
  const answer = {
    services: [service('shop', 'ACTIVE'), service('api', 'DRAINING'), service('old', 'INACTIVE')],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/production/gone', reason: 'MISSING' }],
  };

  expect((await read(['shop', 'api', 'old', 'gone'], answer)).there).toEqual(['shop', 'api']);
});

test('a failure that is no missing service counts as there: nobody knows', async () => {
  const failures = [{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/production/shop', reason: 'OTHER' }];

  expect((await read(['shop'], { failures })).there).toEqual(['shop']);
});

test('ten names a call', async () => {
  const names = Array.from({ length: 23 }, (_, at) => `service-${at}`);

  const { asked } = await read(names, {});

  expect(asked).toEqual([
    { cluster: CLUSTER, services: names.slice(0, 10) },
    { cluster: CLUSTER, services: names.slice(10, 20) },
    { cluster: CLUSTER, services: names.slice(20) },
  ]);
});

test('a cluster that is not there has none', async () => {
  const ecs = mockClient(ECSClient);
  ecs.on(DescribeServicesCommand).rejects(
    Object.assign(new Error('Cluster not found.'), {
      name: 'ClusterNotFoundException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    }),
  );

  expect((await readThere(new ECSClient({}), anInvocation().call, CLUSTER, ['shop'])).size).toBe(0);
});
