import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UpdateTaskSetCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { SimEvent } from '../../../sim/kernel/trace.ts';
import type { Base } from '../../../verify/exhaust/base.ts';
import { baseNamed, bases } from '../../../verify/exhaust/bases.ts';
import { prove, undisturbed } from '../../../verify/exhaust/prove.ts';
import { NOTHING, type ProofFault } from '../../../verify/faults/fault.types.ts';
import { faultNamed, proofFaults } from '../../../verify/faults/faults.ts';
import { describePoint, type Point } from '../../../verify/stage/points.ts';
import type { Stage } from '../../../verify/stage/stage.ts';

const canary = baseNamed('canary') as Base;
const first: Point = { kind: 'state', at: 0, state: 'Begin', task: false };

/** A defect planted for the whole run, as if it were a fault. */
const planted = (arm: (stage: Stage) => void): ProofFault => ({
  name: 'planted',
  description: 'a defect',
  mayLose: NOTHING,
  endsAlike: false,
  arm: () => arm,
});

const problemsWith = async (fault: ProofFault, point: Point = first): Promise<string[]> => {
  const verdict = await prove(canary, await undisturbed(canary), point, fault);
  return verdict?.kind === 'failed' ? verdict.problems : [];
};

describe('the undisturbed deployments', () => {
  test.each(bases)('$name: $description', async (base) => {
    const { problems, points, losses } = await undisturbed(base);

    expect(problems).toEqual([]);
    expect(points.filter(({ kind }) => kind === 'call').length).toBeGreaterThan(50);
    expect(Object.keys(losses)).toEqual(base.version.name.startsWith('errors') ? ['versionError'] : []);
  });

  test('the bases are those that are documented, and each fault has its row', () => {
    expect(bases.map(({ name }) => name)).toEqual([
      'all-at-once',
      'canary',
      'five-shifts',
      'first',
      'takes-over',
      'two-routes',
      'crowded',
      'instances',
      'shared',
      'reasserts',
      'sticky',
      'tested',
      'first-tested',
      'hooked',
      'held',
      'autoscaled',
      'grows',
      'same-name',
      'network',
      'recovered',
      'long-bake',
      'hooked-rollback',
      'autoscaled-rollback',
      'grows-rollback',
      'rollback-alarm',
      'rollback-sticky',
      'takes-over-back',
      'recovered-back',
      'rollback-slow',
      'rollback-sick',
      'network-sick',
      'compared-good',
      'unwatched',
      'advised',
      'compared-bad',
      'compared-wrong',
      'compared-burst',
      'budget',
    ]);
    const table = readFileSync(join(import.meta.dirname, '../../../verify/README.md'), 'utf8')
      .split('\n')
      .flatMap((line) => /^\| ([a-z-]+(?:, [a-z-]+)*) \|/.exec(line)?.[1]?.split(', ') ?? []);
    const faults = proofFaults.map(({ name }) => name);
    expect(faults.filter((name) => !table.includes(name))).toEqual([]);
  });
});

describe('the proof can fail', () => {
  test('a step that takes capacity from blue too early breaks invariants 3 and 4', async () => {
    const early = planted(({ world, deployments }) => {
      world.kernel.onEvent(({ kind, data }) => {
        if (kind !== 'step' || data?.state !== 'ShiftTraffic' || data.phase !== 'succeeded') return;
        const executionArn = deployments[0]?.execution()?.arn;
        const [blue] = world.ecs.taskSets();
        const command = new UpdateTaskSetCommand({
          cluster: 'proof',
          service: 'web',
          taskSet: blue?.id,
          scale: { value: 0, unit: 'PERCENT' },
        });
        world.kernel.runAs({ step: 'ShiftTraffic', executionArn, die: () => undefined }, () =>
          world.ecs.client.send(command),
        );
      });
    });

    expect((await problemsWith(early)).map((problem) => problem.slice(0, 11))).toEqual([
      'invariant 3',
      'invariant 4',
    ]);
  });

  test('executions that never get anywhere have not converged', async () => {
    const stopsAll = planted(({ orchestrator: { stepFunctions }, world }) => {
      stepFunctions.onStatusChange(({ arn, status }) => {
        if (status !== 'RUNNING') return;
        // After the lease is taken, and a recovery before it has done anything.
        world.kernel.scheduler.after(5_000, () => stepFunctions.stopExecution(arn));
      });
    });

    expect((await problemsWith(stopsAll)).join('\n')).toMatch(/has not converged .*lease is still held/);
  });

  test('users who lose more than the fault explains are counted', async () => {
    const kills = faultNamed('blue-task-dies') as ProofFault;
    const point: Point = { kind: 'call', at: 40, operation: '', step: '' };

    expect(await problemsWith({ ...kills, mayLose: NOTHING }, point)).toEqual([
      expect.stringMatching(/^users lost \d+ requests by deadTarget, of which the fault explains at most 0$/),
    ]);
    expect(await problemsWith(kills, point)).toEqual([]);
  });

  test('a fault that must change nothing is held to the end the base has', async () => {
    const red = faultNamed('alarm') as ProofFault;
    const point: Point = { kind: 'call', at: 60, operation: '', step: '' };

    expect(await problemsWith({ ...red, endsAlike: true }, point)).toEqual([
      expect.stringContaining('expected it to end succeeded all the same, found rolledBack'),
    ]);
  });
});

describe('what the proof found', () => {
  /** The point by what happens there, since numbers move whenever a step makes one call more. */
  const at = async (base: Base, described: RegExp): Promise<Point> => {
    const { points } = await undisturbed(base);
    const point = points.find((each) => described.test(describePoint(each)));
    if (point === undefined) throw new Error(`${base.name} has no point ${described}`);
    return point;
  };

  test.each([
    ['sticky', /ModifyListener by RetireBlue/, 'dies-after', 'sticky clients are waited for by the retry'],
    ['sticky', /entering CheckRetired/, 'throttled', 'a blue in no route is checked again before it serves'],
    ['first', /entering CheckGreen/, 'stale-reads', 'routes that only appear restored keep green alive'],
    ['first', /entering RetireBlue/, 'throttled', 'a PRIMARY green is deleted by force'],
    ['first', /entering RetireBlue/, 'stopped', 'a promoted first deployment is finished'],
    [
      'canary',
      /UpdateTaskSet by RetireBlue/,
      'foreign-removes-green',
      'the last rule is deleted while blue goes',
    ],
    [
      'all-at-once',
      /UpdateTaskSet by RetireBlue/,
      'foreign-removes-green',
      'green is taken out while blue goes',
    ],
  ] as const)('%s, %s, %s: %s', async (baseName, described, faultName, _what) => {
    const base = baseNamed(baseName) as Base;
    const fault = faultNamed(faultName) as ProofFault;

    const verdict = await prove(base, await undisturbed(base), await at(base, described), fault);

    expect(verdict).toEqual({ kind: 'passed' });
  });
});

test('a point names the same moment each time: a replay is the run that failed', async () => {
  const fault = faultNamed('times-out') as ProofFault;
  const before = await undisturbed(canary);
  const point = before.points.find(({ kind, at }) => kind === 'call' && at === 50) as Point;
  const trace = async (): Promise<SimEvent[]> => {
    const events: SimEvent[] = [];
    await prove(canary, before, point, fault, { onEvent: (event) => events.push(event) });
    return events;
  };

  const once = await trace();

  expect(once.length).toBeGreaterThan(100);
  expect(await trace()).toEqual(once);
});
