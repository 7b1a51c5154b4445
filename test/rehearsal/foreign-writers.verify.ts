import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { groupArn, listenerArn, ruleArn, type SmallService } from '../../verify/stage/small-names.ts';
import type { Stage } from '../../verify/stage/stage.ts';
import { expectSafe, outcomesOf, type Played, play } from './a-scene.ts';

/** Somebody else writes the routes at a moment at which nobody used to read. */

const BLUE = groupArn('web', 'a');
const GREEN = groupArn('web', 'b');
/** Somebody else's. */
const THIRD = groupArn('web', 'c');

const write = ({ world, ...stage }: Stage, weights: Record<string, number>): void => {
  stage.foreignWrite();
  const groups = Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
  world.elbv2.foreignWrite(listenerArn('web'), groups, 'terraform apply');
};
const groupsNow = ({ world }: Stage) =>
  world.elbv2.routes().find(({ arn }) => arn === listenerArn('web'))?.groups;

/** The stage as it was left. */
const playing = async (options: Parameters<typeof play>[0]): Promise<Played & { stage: Stage }> => {
  let stage: Stage | undefined;
  const played = await play({
    ...options,
    script: (scene) => {
      stage = scene.stage;
      options?.script?.(scene);
    },
  });
  if (stage === undefined) throw new Error('nothing was staged');
  return { ...played, stage };
};

describe('blue gets its traffic back', () => {
  test.each([
    ['while it drains', 1],
    ['while it is being deleted', 2],
  ])('%s: green gets it again, and the record says so', async (_when, nth) => {
    let wroteAtMs = 0;
    let fixedAtMs = 0;
    const played = await playing({
      script: ({ stage, when, now }) => {
        when(
          'WaitForRetirement',
          () => {
            wroteAtMs = now();
            write(stage, { [BLUE]: 100, [GREEN]: 0 });
          },
          { nth },
        );
        stage.world.kernel.onServed(({ by, operation }) => {
          if (by === 'RollBack' && operation === 'ModifyListener') fixedAtMs = now();
        });
      },
    });

    expect(played.violations).toEqual([]);
    expect(played.settled).toBe(true);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(fixedAtMs - wroteAtMs).toBeLessThan(65 * SECOND_MS);
    expect(groupsNow(played.stage)).toEqual([
      { targetGroupArn: BLUE, weight: 0 },
      { targetGroupArn: GREEN, weight: 100 },
    ]);
    expect(played.ends[0]?.outcome?.reason).toBe(
      'green serves all traffic and blue is gone, although it was to be rolled back: somebody else ' +
        'changed the listener while blue was going: expected green to have all weight on every route ' +
        'before blue goes, found 100 % blue, 0 % green on HTTP:80 default; CloudTrail does not name who ' +
        'it was, or not yet: an event takes up to 15 minutes',
    );
  });

  test('before it went, while the last shift settles: it keeps it, and nobody loses a request', async () => {
    const played = await playing({
      deployments: [
        {
          request: {
            shifts: [
              { greenPct: 20, bake: '10m' },
              { greenPct: 100, bake: '0s' },
            ],
          },
        },
      ],
      script: ({ stage, when }) => when('WaitToRetire', () => write(stage, { [BLUE]: 100, [GREEN]: 0 })),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.ends[0]?.outcome?.reason).toMatch(/^somebody else changed the listener before blue went: /);
  });

  test.each([1, 2])(
    'only as a group at weight 0 in a sticky route, whose clients would follow their cookie, in wait %i: it leaves again',
    async (nth) => {
      const played = await playing({
        shape: { sticky: true },
        script: ({ stage, when }) =>
          when('WaitForRetirement', () => write(stage, { [BLUE]: 0, [GREEN]: 100 }), { nth }),
      });

      expectSafe(played);
      expect(outcomesOf(played)).toEqual(['succeeded']);
      expect(groupsNow(played.stage)).toEqual([{ targetGroupArn: GREEN, weight: 100 }]);
    },
  );
});

describe('green gets its traffic back while it is removed', () => {
  const moments: [string, string, number, string[]][] = [
    ['before its task set is scaled down', 'LetTrafficLeave', 1, ['RollBack']],
    ['while its tasks drain', 'WaitForRemoval', 1, ['CheckRemoved', 'RollBack']],
    ['while its task set is deleted', 'WaitForRemoval', 2, ['CheckRemoved', 'RollBack']],
    ['as the record is about to be closed', 'RecordOutcome', 1, ['RollBack']],
  ];

  const drains: [string, Partial<SmallService>][] = [
    ['', {}],
    [', with an hour to drain', { drainSeconds: 3_600 }],
  ];

  test.each(
    drains.flatMap(([slow, shape]) => moments.map(([when, ...at]) => [when + slow, shape, ...at] as const)),
  )(
    '%s: weights are set right at the next observation, without any wait',
    async (_when, shape, state, nth, way) => {
      let wroteAtMs = 0;
      let fixedAtMs = 0;
      const seen: string[] = [];
      const played = await playing({
        shape,
        script: ({ stage, when, now, at, say }) => {
          at(2 * MINUTE_MS, () => say('abort'));
          const options = { nth, ...(state === 'RecordOutcome' ? { afterMs: 0 } : {}) };
          when(
            state,
            () => {
              wroteAtMs = now();
              write(stage, { [BLUE]: 0, [GREEN]: 100 });
            },
            options,
          );
          stage.world.kernel.onEvent(({ kind, data }) => {
            if (kind === 'step' && data?.phase === 'entered' && wroteAtMs > 0 && fixedAtMs === 0)
              seen.push(String(data.state));
          });
          stage.world.kernel.onServed(({ by, operation }) => {
            if (by === 'RollBack' && operation === 'ModifyListener' && wroteAtMs > 0 && fixedAtMs === 0)
              fixedAtMs = now();
          });
        },
      });

      expect(played.violations).toEqual([]);
      expect(played.settled).toBe(true);
      expect(outcomesOf(played)).toEqual(['rolledBack']);
      expect(fixedAtMs - wroteAtMs).toBeGreaterThan(0);
      expect(fixedAtMs - wroteAtMs).toBeLessThan(65 * SECOND_MS);
      expect(seen).toEqual(way);
      expect(groupsNow(played.stage)).toEqual([
        { targetGroupArn: BLUE, weight: 100 },
        { targetGroupArn: GREEN, weight: 0 },
      ]);
    },
  );
});

/** While green is removed; a write at each. */
const removing: [string, string, number][] = [
  ['before its task set is scaled down', 'LetTrafficLeave', 1],
  ['while its tasks drain', 'WaitForRemoval', 1],
  ['while its task set is deleted', 'WaitForRemoval', 2],
];

describe('while green is removed somebody writes the listener otherwise', () => {
  const writes: [string, Record<string, number>][] = [
    ['with the groups swapped', { [GREEN]: 100, [BLUE]: 0 }],
    ['with green’s group alone', { [GREEN]: 1 }],
    ['with half for a third group', { [BLUE]: 50, [THIRD]: 50 }],
    ['with a third group instead of both', { [THIRD]: 100 }],
  ];

  test.each(removing.flatMap(([when, ...at]) => writes.map(([how, to]) => [how, when, to, ...at] as const)))(
    '%s, %s: blue has everything again within a minute',
    async (_how, _when, weights, state, nth) => {
      let wroteAtMs = 0;
      let fixedAtMs = 0;
      const played = await playing({
        shape: { crowded: true },
        script: ({ stage, when, now, at, say }) => {
          at(2 * MINUTE_MS, () => say('abort'));
          const writeNow = () => {
            wroteAtMs = now();
            write(stage, weights);
          };
          when(state, writeNow, { nth });
          stage.world.kernel.onServed(({ by, operation }) => {
            if (by === 'RollBack' && operation === 'ModifyListener' && wroteAtMs > 0) fixedAtMs = now();
          });
        },
      });

      expect(played.violations).toEqual([]);
      expect(played.settled).toBe(true);
      expect(outcomesOf(played)).toEqual(['rolledBack']);
      expect(fixedAtMs - wroteAtMs).toBeGreaterThan(0);
      expect(fixedAtMs - wroteAtMs).toBeLessThan(65 * SECOND_MS);
      const serving = groupsNow(played.stage)?.filter(({ weight }) => weight > 0);
      expect(serving).toEqual([{ targetGroupArn: BLUE, weight: 100 }]);
    },
  );
});

describe('while green is removed somebody deletes the rule', () => {
  test.each(removing)('%s: nobody makes it again, and nobody loses a request', async (_when, state, nth) => {
    const played = await playing({
      script: ({ stage, when, at, say }) => {
        at(2 * MINUTE_MS, () => say('abort'));
        const deleteNow = () => {
          stage.foreignWrite();
          stage.world.elbv2.deleteRule(ruleArn('web'), 'terraform apply');
        };
        when(state, deleteNow, { nth });
      },
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.stage.world.elbv2.routes().map(({ arn }) => arn)).not.toContain(ruleArn('web'));
    expect(played.stage.world.traffic.totals().failed).toBe(0);
  });
});

describe("green's group is taken out of the listener while green starts", () => {
  test('ends the deployment after a minute with that reason, and not when its time is up', async () => {
    const played = await playing({
      shape: { routes: ['default'] },
      deployments: [{ request: { timeToHealthy: '1h' } }],
      script: ({ stage, when }) => when('WaitForGreen', () => write(stage, { [BLUE]: 100 })),
    });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(played.ends[0]?.outcome?.reason).toBe(
      "expected green's target group web-b in the forward action of HTTP:80 default, where it was put " +
        'before green was launched, found it gone: somebody else changed the listener, and a group in no ' +
        'action gets no health checks',
    );
    expect(played.entered.find(({ state }) => state === 'RollBack')?.atMs).toBeLessThan(2 * MINUTE_MS);
  });
});

describe('a first deployment on a sticky route', () => {
  test('leaves nobody with a cookie for the other group: it is out of the action with the shift', async () => {
    const played = await playing({ shape: { first: true, sticky: true } });

    expectSafe(played);
    expect(outcomesOf(played)).toEqual(['succeeded']);
    expect(groupsNow(played.stage)).toEqual([{ targetGroupArn: GREEN, weight: 100 }]);
  });

  test('puts it back when it rolls back', async () => {
    let before: ReturnType<typeof groupsNow>;
    const played = await playing({
      shape: { first: true, sticky: true },
      script: ({ stage, at, say }) => {
        before = groupsNow(stage);
        at(3 * MINUTE_MS, () => say('abort'));
      },
    });

    expect(played.violations).toEqual([]);
    expect(outcomesOf(played)).toEqual(['rolledBack']);
    expect(groupsNow(played.stage)).toEqual(expect.arrayContaining(before ?? []));
  });
});
