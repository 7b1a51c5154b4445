import { expect, test } from 'vitest';
import { makeServedTraffic, type Served } from '../../local/served-traffic.ts';
import { makeWorld } from '../../sim/world.ts';
import { quickHealthy, type SmallService } from '../../verify/stage/small-names.ts';
import { smallWorld } from '../../verify/stage/small-world.ts';

const web: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false };

/** What CloudWatch gets of a minute in which these requests ended. */
const minuteWith = (...requests: Partial<Served>[]) => {
  const { kernel, elbv2 } = makeWorld(smallWorld([web]), 1, () => quickHealthy);
  const traffic = makeServedTraffic(kernel, elbv2);
  const [targetGroupArn = ''] = elbv2.dataPlane.groupArns();
  for (const request of requests) {
    traffic.record({
      targetGroupArn,
      target: '10.0.0.1:80',
      status: undefined,
      seconds: 0.1,
      cause: undefined,
      ...request,
    });
  }
  return traffic.minute(targetGroupArn, kernel.scheduler.nowMs());
};

test('a target that refuses a connection is a connection error, and the balancer’s own 5xx', () => {
  expect(minuteWith({ cause: 'deadTarget' }, { status: 200 })).toMatchObject({
    requestCount: 2,
    connectionErrors: 1,
    balancer5xx: 1,
  });
});

test('a client that leaves before the answer is an error of nobody', () => {
  expect(minuteWith({}, { status: 200 })).toMatchObject({
    requestCount: 2,
    connectionErrors: 0,
    balancer5xx: 0,
    answered: 1,
  });
});
