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

/** How AWS answers for a lease; started and not in doubt unless said otherwise. */
type Answer = {
  now?: Partial<Read>;
  running?: boolean;
  /** Null: another sweep has proved it a moment ago. */
  proof?: string | null;
  start?: 'started' | 'existed';
  fails?: true;
};

const sweptBy = async (
  held: HeldLease[],
  nowMs: number,
  answerOf: (lease: HeldLease) => Answer = () => ({}),
) => {
  const asked: string[] = [];
  const published: object[] = [];
  const leaseAt = (arn: string) => {
    const lease = held.find(({ executionArn }) => executionArn === arn);
    if (lease === undefined) throw new Error(`no lease of ${arn}`);
    return lease;
  };
  const keyed = (key: string) => held.find(({ serviceKey }) => serviceKey === key) ?? expect.unreachable();
  const deps = {
    ...aHost({ nowMs }),
    leases: {
      held: async () => held,
      prove: async ({ serviceKey }: HeldLease) => {
        const { proof = 'word' } = answerOf(keyed(serviceKey));
        return proof;
      },
      read: async (key: string) => {
        const lease = keyed(key);
        return { holder: lease.deploymentId, executionArn: lease.executionArn, ...answerOf(lease).now };
      },
    },
    executions: {
      status: async (arn: string) => {
        const { running = false, fails } = answerOf(leaseAt(arn));
        if (fails === true) throw new Error('DescribeExecution failed');
        return { running, reason: 'ABORTED' };
      },
      start: async (_machine: string, _name: string, { serviceKey }: { serviceKey: string }) => {
        asked.push(serviceKey);
        return { kind: answerOf(keyed(serviceKey)).start ?? 'started', startedAtMs: nowMs };
      },
    },
    record: { read: async () => null },
    metrics: { publish: (counts: object) => published.push(counts), publishEnd: () => {} },
  } as unknown as Deps;
  const [result] = await Promise.allSettled([sweep({}, deps)]);
  return { asked, published, result };
};

const sweeping = async (
  held: HeldLease[],
  nowMs: number,
  now: (lease: HeldLease) => Partial<Read> = () => ({}),
): Promise<string[]> => (await sweptBy(held, nowMs, (lease) => ({ now: now(lease) }))).asked;

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

test('a turn lasts a minute, and leases that one takes are taken in their order', async () => {
  const many = Array.from({ length: 2 * AT_MOST + 7 }, (_, index) => aHeldLease(index));
  const few = many.slice(0, 7);

  expect(await sweeping(many, NOW + MINUTE_MS - 1)).toEqual(await sweeping(many, NOW));
  expect(await sweeping(few, NOW + MINUTE_MS)).toEqual(few.map(({ serviceKey }) => serviceKey));
});

describe('what a sweep counts and answers', () => {
  test.each<[string, Answer, { EndedButHeld: number; LeasesNotSwept: number }, number]>([
    ['runs', { running: true }, { EndedButHeld: 0, LeasesNotSwept: 0 }, 0],
    ['was freed in between', { now: { holder: 'another' } }, { EndedButHeld: 0, LeasesNotSwept: 0 }, 0],
    ['is recovered', {}, { EndedButHeld: 1, LeasesNotSwept: 0 }, 1],
    ['was proved by another sweep', { proof: null }, { EndedButHeld: 1, LeasesNotSwept: 0 }, 0],
    ['has a recovery of that name', { start: 'existed' }, { EndedButHeld: 1, LeasesNotSwept: 0 }, 0],
  ])('of a deployment that %s', async (_, answer, counts, started) => {
    const { published, result } = await sweptBy([aHeldLease(1)], NOW, () => answer);

    expect(published).toEqual([counts]);
    expect(result).toMatchObject({ status: 'fulfilled', value: { started: { length: started } } });
  });

  test('a lease whose execution cannot be read is counted as not swept, the others are swept, and the sweep fails', async () => {
    const held = [1, 2, 3].map((index) => aHeldLease(index));
    const { asked, published, result } = await sweptBy(held, NOW, ({ deploymentId }) =>
      deploymentId === 'd2' ? { fails: true } : {},
    );

    expect(asked).toEqual(['main/s1', 'main/s3']);
    expect(published).toEqual([{ EndedButHeld: 2, LeasesNotSwept: 1 }]);
    expect(result).toMatchObject({ status: 'rejected', reason: { message: 'DescribeExecution failed' } });
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
