import { describe, expect, test } from 'vitest';
import type { StoredMove } from '../../aws/store-verbs.ts';
import type { MoveRecord } from '../../core/adoption/move-record.ts';
import { type MoveNotes, SILENT_MS } from '../../core/adoption/unattended.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { DeploymentError } from '../../core/errors.ts';
import type { Route, WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import { watchMoves } from '../../functions/watch-moves.ts';

const elb = (path: string): string => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${path}`;
const [OLD, NEW, OTHER] = ['old', 'new', 'other'].map((name) => elb(`targetgroup/${name}/1`)) as [
  string,
  string,
  string,
];
const KEY = 'production/shop';
const NOW_MS = 10 * SILENT_MS;

const record: MoveRecord = {
  kind: 'adopt',
  cluster: 'production',
  old: 'shop',
  twin: 'shop-x',
  from: OLD,
  to: NEW,
  routes: [{ arn: elb('listener-rule/app/shop/1/2/3'), kind: 'rule', label: 'HTTPS:443 path /api/*' }],
  alarms: [],
};

const silent: MoveNotes = { beat: 'one', seenAtMs: NOW_MS - SILENT_MS, worse: 0 };
const stored: StoredMove = { serviceKey: KEY, move: JSON.stringify(record), beat: 'one', notes: silent };

const half: WeightedGroup[] = [
  { targetGroupArn: OTHER, weight: 0 },
  { targetGroupArn: OLD, weight: 50 },
  { targetGroupArn: NEW, weight: 50 },
];

type Play = {
  moves?: StoredMove[];
  healthy?: Record<string, number>;
  groups?: WeightedGroup[];
  /** The groups that each read finds, in turn; the last one again and again. */
  reads?: WeightedGroup[][];
  noted?: boolean;
};

/** One run over verbs that answer as they are given. */
const play = async ({ moves = [stored], healthy = { [OLD]: 4 }, reads, noted = true }: Play) => {
  const notes: MoveNotes[] = [];
  const written: WeightedGroup[][] = [];
  const found = [...(reads ?? [])];
  const unused = () => Promise.reject(new Error('is not called'));
  const result = watchMoves(
    {},
    {
      clock: { nowMs: () => NOW_MS, sleep: () => Promise.resolve() },
      moves: {
        beat: unused,
        end: unused,
        note: async (_key, one) => {
          notes.push(one);
          return noted;
        },
        underWay: async () => moves,
        notes: unused,
      },
      leases: { read: async () => ({ recoveries: 0 }) } as never,
      ecsServices: { read: async () => ({ desiredCount: 4 }) } as never,
      alarms: { read: async () => ({ alarms: [], missing: [] }) },
      targets: {
        read: async (arn: string) =>
          Array.from({ length: healthy[arn] ?? 0 }, (_, index) => ({
            id: `${index}`,
            port: 80,
            state: 'healthy' as const,
          })),
        readGroups: unused,
      },
      listener: {
        read: async (route: Route) => {
          const groups = (found.length > 1 ? found.shift() : found[0]) ?? written.at(-1) ?? half;
          return { route, forward: { groups, stickiness: { enabled: false } }, actions: [] };
        },
        write: async (_live: unknown, groups: WeightedGroup[]) => void written.push(groups),
      } as never,
    },
  );
  return { result: await result.catch((error: Error) => error), notes, written };
};

const back: WeightedGroup[] = [
  { targetGroupArn: OTHER, weight: 0 },
  { targetGroupArn: OLD, weight: 100 },
  { targetGroupArn: NEW, weight: 0 },
];

describe('WatchMoves', () => {
  test('writes down where it moves users before it does, and the rest of the action stays', async () => {
    const { result, notes, written } = await play({});

    const reason = 'the new service has no healthy target';
    expect(notes).toEqual([{ ...silent, moved: { percent: 0, wasPct: 50, atMs: NOW_MS, reason } }]);
    expect(written).toEqual([back]);
    expect(result).toEqual({ moved: [`${KEY}: 0 % of the users on shop-x: ${reason}`] });
  });

  test('leaves a command alone that gave a sign since: its note is refused, and nothing is written', async () => {
    expect(await play({ noted: false })).toMatchObject({ result: { moved: [] }, written: [] });
  });

  test('counts from when it saw a sign first, by its own clock', async () => {
    const anew = await play({ moves: [{ ...stored, beat: 'two' }] });
    expect(anew).toMatchObject({ notes: [{ beat: 'two', seenAtMs: NOW_MS, worse: 0 }], written: [] });

    const soon = { ...silent, seenAtMs: NOW_MS - SILENT_MS + SECOND_MS };
    expect(await play({ moves: [{ ...stored, notes: soon }] })).toMatchObject({ notes: [], written: [] });
  });

  test('does not write a route that was written since it was read, nor take a lost write for one', async () => {
    const since = await play({ reads: [half, back.map((group) => ({ ...group, weight: 33 }))] });
    expect(since.written).toEqual([]);
    expect(since.result).toBeInstanceOf(DeploymentError);

    const lost = await play({ reads: [half] });
    expect(lost.written).toEqual([back]);
    expect(lost.result).toMatchObject({ name: 'Unavailable' });
  });

  test('tells of a record that it does not understand, all at once, and watches the others', async () => {
    const odd = { ...record, from: NEW, twin: 'a/b', routes: [{ arn: OLD, kind: 'rule', label: 'x' }] };
    const { result, written } = await play({
      moves: [
        { ...stored, move: JSON.stringify(odd) },
        { ...stored, serviceKey: 'production/other' },
        { ...stored, move: '{' },
        stored,
      ],
    });

    expect(written).toEqual([back]);
    expect(result).toMatchObject({
      name: 'InvalidRequest',
      message:
        'the move of production/shop: twin: expected a name; to: expected another target group than from; ' +
        'routes: expected 1 to 100, each with arn, kind and label',
    });
  });
});
