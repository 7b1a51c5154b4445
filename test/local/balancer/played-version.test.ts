import { once } from 'node:events';
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { makeRealProbe } from '../../../local/balancer/probe.ts';
import type { CheckResult } from '../../../sim/elbv2/health-check.ts';
import type { Target } from '../../../sim/elbv2/target-checks.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';
import { aListener, aProgram, ask, forwardTo } from './a-listener.ts';

/** Faults that make a version behave badly, where its programs are real and behave well. */

const aGoodProgram = async () => {
  const asked: string[] = [];
  const port = await aProgram((incoming, response) => {
    asked.push(incoming.url ?? '');
    response.end('good');
  });
  return { port, asked };
};

test('a colour that answers with 5xx does so in place of its program, and it counts as the version’s own', async () => {
  const { port: program, asked } = await aGoodProgram();
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ green: 1 })] }],
    [{ group: 'green', port: program, played: { errorShare: 1 } }],
  );

  expect(await ask(port, { method: 'POST' }, 'a body')).toMatchObject({
    status: 500,
    body: 'a fault that was injected\n',
  });
  expect(asked).toEqual([]);
  expect(served).toMatchObject([{ targetGroupArn: 'green', status: 500, cause: 'versionError' }]);
});

test('a colour that is slow answers as its program does, after a while', async () => {
  const { port: program } = await aGoodProgram();
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ green: 1 })] }],
    [{ group: 'green', port: program, played: { responseMs: 30 } }],
  );

  expect(await ask(port, { method: 'POST' }, 'a body')).toMatchObject({ status: 200, body: 'good' });
  expect(served[0]?.seconds).toBeGreaterThanOrEqual(0.029);
});

test('a client that leaves a slow colour is nobody’s failure', async () => {
  const { port: program, asked } = await aGoodProgram();
  const { port, served, connections } = await aListener(
    [{ actions: [forwardTo({ green: 1 })] }],
    [{ group: 'green', port: program, played: { responseMs: 3_600_000 } }],
  );
  const client = request({ host: '127.0.0.1', port, agent: false });
  client.on('error', () => {});
  client.end();
  await once(client, 'finish');
  await expect.poll(() => connections()).toBe(1);
  client.destroy();
  await expect.poll(() => served).toMatchObject([{ status: undefined, cause: undefined }]);

  expect(asked).toEqual([]);
});

test('a WebSocket meets the same', async () => {
  const { port: program } = await aGoodProgram();
  const { port, served } = await aListener(
    [{ actions: [forwardTo({ green: 1 })] }],
    [{ group: 'green', port: program, played: { errorShare: 1 } }],
  );
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };

  expect(await ask(port, { headers })).toMatchObject({ status: 500 });
  expect(served).toMatchObject([{ status: 500, cause: 'versionError' }]);
});

const check = async (behaviour: object, timeoutMs = 5_000): Promise<CheckResult> => {
  const { port } = await aGoodProgram();
  const kernel = makeKernel(1, 0);
  const target = {
    id: { id: '10.0.0.1', port: 80 },
    app: {
      gone: () => false,
      listensFromMs: 0,
      behaviour: { answersHealthCheck: () => true, responseMs: () => 0, ...behaviour },
    },
    group: { described: { HealthCheckPath: '/' }, healthCheck: { protocol: 'HTTP', timeoutMs } },
  } as unknown as Target;
  let concluded: CheckResult | undefined;
  const cancel = makeRealProbe(kernel, () => port).ask(target, (result) => {
    concluded = result;
  });
  onTestFinished(cancel);
  await expect
    .poll(async () => {
      await kernel.scheduler.run(() => false);
      return concluded;
    })
    .toBeDefined();
  return concluded as unknown as CheckResult;
};

test('its health checks find what the fault says, and else the program', async () => {
  expect(await check({})).toEqual({ passed: true });
  expect(await check({ answersHealthCheck: () => false })).toEqual({
    passed: false,
    reason: 'Target.ResponseCodeMismatch',
    code: 503,
  });
  expect(await check({ responseMs: () => 10_000 }, 20)).toEqual({ passed: false, reason: 'Target.Timeout' });
});
