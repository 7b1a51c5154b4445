import { expect, test } from 'vitest';
import { makeCall } from '../../aws/call.ts';
import { makeHookRuns } from '../../aws/hook-runs.ts';
import { makeDynamoDb } from '../../sim/dynamodb/dynamodb.ts';
import { makeKernel } from '../../sim/kernel/kernel.ts';
import { aRun, ended } from '../core/hooks/a-hook.ts';

/** Against the simulated table: conditions are what these writes are about. */
const inTable = async <Result>(work: (runs: ReturnType<typeof makeHookRuns>) => Promise<Result>) => {
  const kernel = makeKernel(1, 0);
  const { clock, nowMs } = kernel.scheduler;
  const call = makeCall({
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    deadlineMs: nowMs() + 60_000,
    log: () => {},
  });
  const working = work(makeHookRuns(makeDynamoDb(kernel).client, call, 'cutover'));
  let over = false;
  const settled = working.finally(() => {
    over = true;
  });
  await kernel.scheduler.run(() => over, 60_000);
  return settled;
};

test('a run that is begun again stays as it was begun first', async () => {
  const read = await inTable(async (runs) => {
    await runs.begin('d-1', aRun({ runId: 'first' }));
    await runs.begin('d-1', aRun({ runId: 'second' }));
    return runs.read('d-1');
  });

  expect(read).toEqual([aRun({ runId: 'first' })]);
});

test('the first result stays, whatever comes later', async () => {
  const { kept, read } = await inTable(async (runs) => {
    await runs.begin('d-1', aRun());
    const kept = [
      await runs.finish('d-1', aRun(), ended('CANCELLED')),
      await runs.finish('d-1', aRun(), ended('SUCCEEDED')),
    ];
    return { kept, read: await runs.read('d-1') };
  });

  expect(kept).toEqual([true, false]);
  expect(read).toEqual([aRun({ result: ended('CANCELLED') })]);
});

test('a run that never began has no result, and one of another deployment is not read', async () => {
  const { kept, read } = await inTable(async (runs) => {
    const kept = await runs.finish('d-1', aRun(), ended('SUCCEEDED'));
    await runs.begin('d-2', aRun());
    return { kept, read: await runs.read('d-1') };
  });

  expect(kept).toBe(false);
  expect(read).toEqual([]);
});
