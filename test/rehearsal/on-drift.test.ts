import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { groupArn } from '../../verify/stage/small-names.ts';
import { expectSafe, type Played, play, type Scene } from './a-scene.ts';

/** `"onDrift": "reassert"`: somebody else moves users in the first bake, 20 % on green. */

const BLUE = groupArn('web', 'a');
const GREEN = groupArn('web', 'b');

const reassert = { request: { onDrift: 'reassert', analysis: 'off' } };

const writes = ({ stage }: Scene, blue: number, green: number, only?: string): void => {
  stage.foreignWrite();
  const groups = [
    { targetGroupArn: BLUE, weight: blue },
    { targetGroupArn: GREEN, weight: green },
  ];
  for (const route of stage.world.elbv2.routes())
    if (only === undefined || route.kind === only)
      stage.world.elbv2.foreignWrite(route.arn, groups, 'terraform apply');
};

const played = (script: (scene: Scene) => void, request: object = {}): Promise<Played> =>
  play({
    deployments: [{ request: { ...reassert.request, ...request } }],
    script: (scene) => scene.when('Bake', () => script(scene), { afterMs: 90_000 }),
  });

const endOf = ({ ends }: Played) => ends[0]?.outcome;
const held = ({ decisions }: Played) => decisions.filter(({ reason }) => reason.includes('written back'));

describe('weights of somebody else are written back', () => {
  test.each([
    ['to what they were before the deployment', 100, 0, undefined],
    ['to everybody on green', 0, 100, undefined],
    ['on one of two routes', 100, 0, 'rule'],
  ] as const)('%s: once, soon, and the deployment succeeds', async (_what, blue, green, only) => {
    const run = await played((scene) => writes(scene, blue, green, only));

    expectSafe(run);
    expect(endOf(run)?.kind).toBe('succeeded');
    expect(endOf(run)?.reason).toMatch(/somebody else had changed the weights, which were written back; /);
    expect(endOf(run)?.drift).toMatchObject({ of: 'weights', writtenBack: true });
    const [first] = held(run);
    const last = run.weights.filter(({ atMs }) => atMs <= (first?.atMs ?? 0) + 5 * SECOND_MS).at(-1);
    expect(last?.green).toBe(20);
  });

  test('and the second time the deployment rolls back, and names the reason', async () => {
    const run = await played((scene) => {
      writes(scene, 100, 0);
      scene.at(4 * MINUTE_MS, () => writes(scene, 60, 40));
    });

    expectSafe(run);
    expect(endOf(run)).toMatchObject({ kind: 'rolledBack', drift: { of: 'weights' } });
    expect(endOf(run)?.reason).toMatch(/^expected 80 % blue, 20 % green, found 60 % blue, 40 % green/);
  });

  test('but not onto a colour that cannot answer: the deployment rolls back', async () => {
    const run = await played((scene) => {
      // Two tasks: none is left.
      for (let task = 0; task < 2; task += 1) scene.stage.world.ecs.killTask('green');
      writes(scene, 100, 0);
    });

    expect(run.violations).toEqual([]);
    expect(endOf(run)?.kind).toBe('rolledBack');
  });

  test('nor while an alarm is red: that rolls back', async () => {
    const run = await played((scene) => {
      scene.alarm('ALARM');
      writes(scene, 100, 0);
    });

    expect(endOf(run)?.kind).toBe('rolledBack');
    expect(endOf(run)?.reason).not.toContain('written back');
  });

  test('nor where a rule is gone', async () => {
    const run = await played(({ stage }) => {
      stage.foreignWrite();
      const rule = stage.world.elbv2.routes().find(({ kind }) => kind === 'rule');
      stage.world.elbv2.deleteRule(rule?.arn ?? '', 'terraform apply');
    });

    expectSafe(run);
    expect(endOf(run)?.kind).toBe('rolledBack');
    expect(held(run)).toEqual([]);
  });
});

test('without it the first change rolls back, as before', async () => {
  const run = await played((scene) => writes(scene, 100, 0), { onDrift: 'rollBack' });

  expectSafe(run);
  expect(endOf(run)?.kind).toBe('rolledBack');
  expect(held(run)).toEqual([]);
});
