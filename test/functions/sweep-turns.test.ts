import { describe, expect, test } from 'vitest';
import type { HeldLease } from '../../aws/store-verbs.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { sweep } from '../../functions/sweep.ts';
import { NOW } from '../core/a-deployment.ts';
import { aHost } from './a-handler.ts';

/** The sweep over the verbs it uses: many leases, and leases that change hands between its two reads. */
const AT_MOST = 300;

const aHeldLease = (index: number, changes: Partial<HeldLease> = {}): HeldLease =>
  ({
    serviceKey: `main/s${index}`,
    deploymentId: `d${index}`,
    executionArn: `arn:aws:states:eu-west-1:1:execution:cutover:d${index}`,
    recoveries: 0,
    recoveredAtMs: null,
    ...changes,
  }) as HeldLease;

type Deps = Parameters<typeof sweep>[1];
type Read = Awaited<ReturnType<Deps['leases']['read']>>;

const sweeping = async (
  held: HeldLease[],
  nowMs: number,
  now: (lease: HeldLease) => Partial<Read> = () => ({}),
) => {
  const started: string[] = [];
  const deps = {
    ...aHost({ nowMs }),
    leases: {
      held: async () => held,
      prove: async () => 'word',
      read: async (key: string) => {
        const lease = held.find(({ serviceKey }) => serviceKey === key);
        if (lease === undefined) throw new Error(`no lease of ${key}`);
        return { holder: lease.deploymentId, executionArn: lease.executionArn, ...now(lease) };
      },
    },
    executions: {
      status: async () => ({ running: false, reason: 'ABORTED' }),
      start: async (_machine: string, _name: string, { serviceKey }: { serviceKey: string }) => {
        started.push(serviceKey);
        return { kind: 'started', startedAtMs: nowMs };
      },
    },
    record: { read: async () => null },
    metrics: { publish: () => {}, publishEnd: () => {} },
  } as unknown as Deps;
  await sweep({}, deps);
  return started;
};

describe('more leases than one turn takes', () => {
  const held = Array.from({ length: 2 * AT_MOST + 7 }, (_, index) => aHeldLease(index));
  const keys = held.map(({ serviceKey }) => serviceKey);

  test('are taken in turns, the most that a turn takes each, and none is left out', async () => {
    const turns: string[][] = [];
    for (let turn = 0; turn < 3; turn += 1) turns.push(await sweeping(held, NOW + turn * MINUTE_MS));

    expect(turns.map(({ length }) => length)).toEqual([AT_MOST, AT_MOST, AT_MOST]);
    expect(turns.every((turn) => new Set(turn).size === AT_MOST)).toBe(true);
    expect([...new Set(turns.flat())].toSorted()).toEqual(keys.toSorted());
  });

  test('exactly as many as a turn takes are all taken, from the first', async () => {
    expect(await sweeping(held.slice(0, AT_MOST), NOW + MINUTE_MS)).toEqual(keys.slice(0, AT_MOST));
  });
});

describe('a lease that changes hands between the two reads is left alone', () => {
  test.each<[string, Partial<Read>]>([
    ['freed', { holder: undefined } as unknown as Partial<Read>],
    ['held by another deployment', { holder: 'another' }],
    [
      'taken over by a recovery of the same deployment',
      { executionArn: 'arn:aws:states:eu-west-1:1:execution:cutover:r1' },
    ],
  ])('%s', async (_, change) => {
    expect(await sweeping([aHeldLease(1)], NOW, () => change)).toEqual([]);
    expect(await sweeping([aHeldLease(1)], NOW)).toEqual(['main/s1']);
  });
});
