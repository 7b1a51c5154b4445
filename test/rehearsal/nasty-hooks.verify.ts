import { StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { worldFaults } from '../../rehearsal/faults/world-faults.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import type { TaskPlay } from '../../sim/parts.types.ts';
import type { UserFunction } from '../../sim/user-functions.ts';
import { sceneOf } from '../../verify/stage/scene.ts';
import { testRouteArn } from '../../verify/stage/small-names.ts';
import type { Stage } from '../../verify/stage/stage.ts';
import { outcomesOf, type Played, type PlayOptions, play, type Scene } from './a-scene.ts';

/** What hurts the users of other hooks: each case ends as it should, and leaves no run behind. */

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live';

const passes = hookBehaviours.passes.behave();
const hangs = hookBehaviours.hangs.behave();

type HookItem = { sk: string; result: { status: string; reason: string } | null };

const runsOf = (stage: Stage): HookItem[] =>
  stage.world.dynamoDb
    .items()
    .flatMap(({ sk, resultJson }) =>
      String(sk).startsWith('hook#')
        ? [{ sk: String(sk), result: typeof resultJson === 'string' ? JSON.parse(resultJson) : null }]
        : [],
    );

type Nasty = Played & { runs: HookItem[]; calls: number; hookExecutions: string[] };

/** A deployment with one hook, at 20 % and then everything. */
const played = async (
  stages: HookStage[],
  behave: UserFunction,
  script: (scene: Scene) => void = () => {},
  hook: object = {},
  { shape = {}, request = {} }: { shape?: PlayOptions['shape']; request?: object } = {},
): Promise<Nasty> => {
  let stage: Stage | undefined;
  const result = await play({
    deployments: [
      {
        request: {
          analysis: 'off',
          ...request,
          hooks: [{ name: 'smoke', stages, lambda: ARN, timeout: '20m', ...hook }],
        },
      },
    ],
    shape,
    script: (scene) => {
      stage = scene.stage;
      scene.stage.world.functions.install(ARN, behave);
      script(scene);
    },
  });
  if (stage === undefined) throw new Error('expected a scene');
  return {
    ...result,
    runs: runsOf(stage),
    calls: stage.world.functions.calls()[ARN] ?? 0,
    hookExecutions: stage.orchestrator.stepFunctions.hookExecutions().map(({ status }) => status),
  };
};

/** Each run has a result, no execution of a hook is left, and no rule was broken. */
const expectSettled = ({ settled, violations, runs, hookExecutions }: Nasty): void => {
  expect(settled).toBe(true);
  expect(violations).toEqual([]);
  expect(runs.filter(({ result }) => result === null)).toEqual([]);
  expect(hookExecutions).not.toContain('RUNNING');
};

const statuses = ({ runs }: Nasty) => runs.map(({ result }) => result?.status);

/** From then until blue has everything in every route again. */
const backAfter = ({ weights }: Nasty, atMs: number): number =>
  Math.max(...weights.filter((one) => one.green === 0 && one.atMs >= atMs).map((one) => one.atMs)) - atMs;

/** A command takes half a second, an alarm's event up to three; then one judgement, and the writes. */
const AT_ONCE_MS = 12 * SECOND_MS;

test('an answer that comes after the abort changes nothing: the result that was kept first stays', async () => {
  const late: UserFunction = async (_event, { clock }) => {
    await clock.sleep(8 * MINUTE_MS);
    return { hookStatus: 'SUCCEEDED' };
  };
  const run = await played(['POST_SCALE_UP'], late, (scene) =>
    scene.when('AwaitHooks', () => scene.say('abort'), { afterMs: 30 * SECOND_MS }),
  );

  expectSettled(run);
  expect(run.answers).toEqual(['accepted']);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(run.ends[0]?.outcome).toMatchObject({ aborted: true });
  expect(statuses(run)).toEqual(['CANCELLED']);
  expect(run.hookExecutions).toEqual(['ABORTED']);
  expect(run.weights.every(({ green }) => green === 0)).toBe(true);
});

describe('while a hook hangs', () => {
  const afterTheLastShift = (happens: (scene: Scene) => void) =>
    played(['POST_PRODUCTION_TRAFFIC_SHIFT'], hangs, (scene) =>
      scene.when('RunHooks', () => happens(scene), { afterMs: 30 * SECOND_MS }),
    );

  test('an alarm that turns red rolls back at once', async () => {
    const run = await afterTheLastShift((scene) => scene.alarm('ALARM'));

    const red = run.decisions.find(({ kind }) => kind === 'rollBack');
    expectSettled(run);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(red?.reason).toMatch(/alarm/i);
    expect(backAfter(run, red?.atMs ?? Number.NaN)).toBeLessThan(AT_ONCE_MS);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });

  test('an abort rolls back at once', async () => {
    const run = await afterTheLastShift((scene) => scene.say('abort'));

    const ordered = run.decisions.find(({ kind }) => kind === 'rollBack');
    expectSettled(run);
    expect(ordered?.obeyed?.kind).toBe('abort');
    expect(backAfter(run, ordered?.atMs ?? Number.NaN)).toBeLessThan(AT_ONCE_MS);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });
});

test.each(['StartExecution', 'PutItem'])(
  'RunHooks whose answer of %s is lost, and which runs again, starts one run',
  async (lost) => {
    let first = true;
    const run = await played(['POST_SCALE_UP'], passes, ({ stage }) =>
      stage.world.kernel.intercept(({ by, operation }) => {
        if (!first || by !== 'RunHooks' || operation !== lost) return undefined;
        first = false;
        return 'lost';
      }),
    );

    expectSettled(run);
    expect(first).toBe(false);
    expect(outcomesOf(run)).toEqual(['succeeded']);
    expect(run.calls).toBe(1);
    expect(run.hookExecutions).toEqual(['SUCCEEDED']);
  },
);

test('a function that is in progress for ever and asks to be called at once is not, and times out', async () => {
  const run = await played(['POST_SCALE_UP'], hookBehaviours['times-out'].behave());

  expectSettled(run);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(statuses(run)).toEqual(['TIMED_OUT']);
  // Each 5 s for 20 minutes.
  expect(run.calls).toBeLessThanOrEqual(241);
});

test('an execution that is stopped while its hook runs: the recovery rolls back and ends the hook, whatever it answers', async () => {
  const slow: UserFunction = async (_event, { clock }) => {
    await clock.sleep(10 * MINUTE_MS);
    return { hookStatus: 'SUCCEEDED' };
  };
  const run = await played(['PRE_PRODUCTION_TRAFFIC_SHIFT'], slow, (scene) =>
    scene.when('AwaitHooks', () => scene.stop(), { afterMs: MINUTE_MS }),
  );

  expectSettled(run);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(statuses(run)).toEqual(['CANCELLED']);
  expect(run.weights.every(({ green }) => green === 0)).toBe(true);
});

test('a result wakes the deployment at once, before its first user and while a shift bakes', async () => {
  let answeredAtMs = Number.NaN;
  const slow: UserFunction = async (_event, { clock }) => {
    await clock.sleep(100 * SECOND_MS);
    answeredAtMs = clock.nowMs();
    return { hookStatus: 'FAILED' };
  };
  for (const stage of ['POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const) {
    let rolledBackAtMs = Number.NaN;
    const run = await played([stage], slow, (scene) =>
      scene.when(
        'RollBack',
        () => {
          rolledBackAtMs = scene.stage.world.kernel.scheduler.nowMs();
        },
        { afterMs: 0 },
      ),
    );

    expectSettled(run);
    expect(rolledBackAtMs - answeredAtMs).toBeGreaterThan(0);
    expect(rolledBackAtMs - answeredAtMs).toBeLessThan(AT_ONCE_MS);
  }
});

test('with a test route a hook of POST_TEST_TRAFFIC_SHIFT runs while it is open, and no user meets green before', async () => {
  let open: number[] = [];
  const probing: UserFunction = async () => ({
    hookStatus: 'FAILED',
    reason: `green has ${open.join(', ')}`,
  });
  const run = await played(
    ['POST_TEST_TRAFFIC_SHIFT'],
    probing,
    (scene) => {
      const { kernel, elbv2 } = scene.stage.world;
      kernel.onEvent(() => {
        const route = elbv2.routes().find(({ arn }) => arn === testRouteArn('web', 'rule'));
        open = (route?.groups ?? []).map(({ weight }) => weight);
      });
    },
    {},
    { shape: { test: 'rule' }, request: { test: { route: testRouteArn('web', 'rule') } } },
  );

  expectSettled(run);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(run.ends[0]?.outcome?.reason).toMatch(/green has (0, 100|100)/);
  expect(run.entered.filter(({ state }) => state === 'ShiftTraffic')).toHaveLength(1);
});

test('a hook that probed blue, because somebody led the test route back to it meanwhile, and passed, is void', async () => {
  let lead: () => void = () => {};
  const probing: UserFunction = async (_event, { clock }) => {
    await clock.sleep(20 * SECOND_MS);
    lead();
    await clock.sleep(20 * SECOND_MS);
    return { hookStatus: 'SUCCEEDED' };
  };
  const run = await played(
    ['POST_TEST_TRAFFIC_SHIFT'],
    probing,
    ({ stage }) => {
      const [deployment] = stage.deployments;
      if (deployment === undefined) throw new Error('expected a deployment');
      lead = () => void worldFaults['foreign-weights'].apply(sceneOf(stage, deployment));
    },
    {},
    { shape: { test: 'rule' }, request: { test: { route: testRouteArn('web', 'rule') } } },
  );

  expectSettled(run);
  expect(statuses(run)).toEqual(['SUCCEEDED']);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(run.ends[0]?.outcome?.reason).toMatch(/what was tried may not have been green/);
});

test('an execution of a hook that somebody stops counts as failed', async () => {
  const run = await played(['POST_SCALE_UP'], hangs, (scene) =>
    scene.when(
      'AwaitHooks',
      () => {
        const { stepFunctions } = scene.stage.orchestrator;
        for (const { arn } of stepFunctions.hookExecutions()) stepFunctions.stopExecution(arn, 'a test');
      },
      { afterMs: 10 * SECOND_MS },
    ),
  );

  expectSettled(run);
  expect(statuses(run)).toEqual(['FAILED']);
  expect(run.ends[0]?.outcome?.reason).toMatch(/ended without a result: ABORTED/);
});

test('a promote passes over shifts, and not over the hooks before them', async () => {
  const run = await played(
    ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
    hookBehaviours.fails.behave({ reason: 'not this one', count: 0 }),
    (scene) => scene.when('Bake', () => scene.say('promote')),
    { steps: [2] },
  );

  expectSettled(run);
  expect(run.answers).toEqual(['accepted']);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  expect(run.runs.map(({ sk }) => sk)).toEqual(['hook#PRE_PRODUCTION_TRAFFIC_SHIFT#2#smoke']);
  expect(Math.max(...run.weights.map(({ green }) => green))).toBe(20);
});

describe('an approval', () => {
  const approval = (script: (scene: Scene) => void) =>
    played(['POST_SCALE_UP'], passes, script, { lambda: undefined, approval: true });

  test('lets the deployment continue, in the name of the one who gave it', async () => {
    const run = await approval((scene) => scene.when('AwaitHooks', () => scene.say('approve')));

    expectSettled(run);
    expect(run.answers).toEqual(['accepted']);
    expect(outcomesOf(run)).toEqual(['succeeded']);
    expect(run.runs[0]?.result).toMatchObject({
      status: 'SUCCEEDED',
      reason: expect.stringMatching(/^approve by ada \(claimed\)/),
    });
  });

  test('that nobody gives rolls back when its time is over', async () => {
    const run = await approval(() => {});

    expectSettled(run);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(run.ends[0]?.outcome?.reason).toMatch(/nobody approved it within 20m/);
  });

  test('is refused where no hook asks for one', async () => {
    const run = await played(['POST_SCALE_UP'], hangs, (scene) =>
      scene.when('AwaitHooks', () => {
        scene.say('approve');
        scene.say('abort');
      }),
    );

    expectSettled(run);
    expect(run.answers).toHaveLength(2);
    expect(run.answers.filter((answer) => answer === 'accepted')).toHaveLength(1);
  });
});

describe('a task', () => {
  const hangsOn: TaskPlay = { runsMs: Number.POSITIVE_INFINITY, exitCode: 0 };
  const endsAfter = (runsMs: number): TaskPlay => ({ runsMs, exitCode: 0 });

  type Tasked = Nasty & { tasks: Task[] };

  const tasked = async (
    stages: HookStage[],
    play: TaskPlay,
    script: (scene: Scene) => void = () => {},
    hook: object = {},
  ): Promise<Tasked> => {
    let tasks: Task[] = [];
    const run = await played(
      stages,
      passes,
      (scene) => {
        const { ecs, kernel } = scene.stage.world;
        ecs.playTasks(() => play);
        kernel.onEvent(() => {
          tasks = ecs.oneOffTasks();
        });
        script(scene);
      },
      { lambda: undefined, task: { taskDefinition: 'green', command: ['migrate'] }, ...hook },
    );
    return { ...run, tasks };
  };

  const expectNoneLeft = (run: Tasked, count = 1): void => {
    expectSettled(run);
    expect(run.tasks.map(({ desiredStatus }) => desiredStatus)).toEqual(Array(count).fill('STOPPED'));
  };

  test('that would end well after the abort is stopped, and its result changes nothing', async () => {
    const run = await tasked(['POST_SCALE_UP'], endsAfter(8 * MINUTE_MS), (scene) =>
      scene.when('AwaitHooks', () => scene.say('abort'), { afterMs: MINUTE_MS }),
    );

    expectNoneLeft(run);
    expect(run.answers).toEqual(['accepted']);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(statuses(run)).toEqual(['CANCELLED']);
    expect(run.tasks[0]).toMatchObject({ stopCode: 'UserInitiated' });
  });

  test('that is to end by itself does so, and users are back at once', async () => {
    const run = await tasked(
      ['POST_PRODUCTION_TRAFFIC_SHIFT'],
      endsAfter(15 * MINUTE_MS),
      (scene) => scene.when('RunHooks', () => scene.say('abort'), { afterMs: MINUTE_MS }),
      { onAbort: 'wait' },
    );

    const ordered = run.decisions.find(({ kind }) => kind === 'rollBack');
    expectNoneLeft(run);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(backAfter(run, ordered?.atMs ?? Number.NaN)).toBeLessThan(AT_ONCE_MS);
    expect(statuses(run)).toEqual(['SUCCEEDED']);
    expect(run.tasks[0]).toMatchObject({ stopCode: 'EssentialContainerExited' });
  });

  test('that is to end by itself, and does not, is stopped when its time is over', async () => {
    const run = await tasked(
      ['POST_SCALE_UP'],
      hangsOn,
      (scene) => scene.when('AwaitHooks', () => scene.say('abort'), { afterMs: MINUTE_MS }),
      { onAbort: 'wait' },
    );

    expectNoneLeft(run);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });

  test('that hangs holds up no alarm', async () => {
    const run = await tasked(['POST_PRODUCTION_TRAFFIC_SHIFT'], hangsOn, (scene) =>
      scene.when('RunHooks', () => scene.alarm('ALARM'), { afterMs: MINUTE_MS }),
    );

    const red = run.decisions.find(({ kind }) => kind === 'rollBack');
    expectNoneLeft(run);
    expect(red?.reason).toMatch(/alarm/i);
    expect(backAfter(run, red?.atMs ?? Number.NaN)).toBeLessThan(AT_ONCE_MS);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });

  test.each([
    ['the answer of RunTask is lost', 'RunTask', 'lost'],
    ['the Lambda dies after RunTask', 'RunTask', 'dieAfter'],
    ['its ARN cannot be kept', 'UpdateItem', 'serverError'],
  ] as const)('is started once when %s', async (_what, of, fault) => {
    let first = true;
    const run = await tasked(['POST_SCALE_UP'], endsAfter(MINUTE_MS), ({ stage }) =>
      stage.world.kernel.intercept(({ by, operation }) => {
        if (!first || by !== 'RunHooks' || operation !== of) return undefined;
        first = false;
        return fault;
      }),
    );

    expect(first).toBe(false);
    expectNoneLeft(run);
    expect(outcomesOf(run)).toEqual(['succeeded']);
  });

  test('is stopped by the recovery of an execution that somebody stopped', async () => {
    const run = await tasked(['PRE_PRODUCTION_TRAFFIC_SHIFT'], hangsOn, (scene) =>
      scene.when('AwaitHooks', () => scene.stop(), { afterMs: MINUTE_MS }),
    );

    expectNoneLeft(run);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });

  test('is found and stopped also when the execution was stopped before its name was kept', async () => {
    const run = await tasked(['PRE_SCALE_UP'], hangsOn, (scene) => {
      let first = true;
      scene.stage.world.kernel.intercept(({ by, operation }) => {
        if (by !== 'RunHooks' || (first && operation !== 'RunTask')) return undefined;
        // What it would do after that, it does not.
        if (!first) return 'dieBefore';
        first = false;
        scene.stage.world.kernel.scheduler.after(0, scene.stop);
        return 'dieAfter';
      });
    });

    expectNoneLeft(run);
    expect(outcomesOf(run)).toEqual(['rolledBack']);
    expect(statuses(run)).toEqual(['CANCELLED']);
  });

  test.each([
    ['StopTask', 10 * MINUTE_MS],
    ['DescribeTasks', 40 * MINUTE_MS],
  ])(
    'is not left when ECS answers no %s for a while: the deployment ends when the task does',
    async (refused, forMs) => {
      let untilMs = Number.POSITIVE_INFINITY;
      const run = await tasked(['POST_SCALE_UP'], hangsOn, (scene) => {
        const { kernel } = scene.stage.world;
        scene.when('AwaitHooks', () => scene.say('abort'), { afterMs: MINUTE_MS });
        kernel.intercept(({ by, operation }) => {
          if (by !== 'EndHooks' || operation !== refused) return undefined;
          untilMs = Math.min(untilMs, kernel.scheduler.nowMs() + forMs);
          return kernel.scheduler.nowMs() < untilMs ? 'serverError' : undefined;
        });
      });

      expect(untilMs).toBeLessThan(Number.POSITIVE_INFINITY);
      expectNoneLeft(run);
      expect(outcomesOf(run)).toEqual(['rolledBack']);
      expect(statuses(run)).toEqual(['CANCELLED']);
    },
  );

  test('that somebody stops has failed, whatever its exit code', async () => {
    const run = await tasked(['POST_SCALE_UP'], hangsOn, (scene) =>
      scene.when(
        'AwaitHooks',
        () => {
          const { ecs } = scene.stage.world;
          const input = { cluster: 'proof', task: ecs.oneOffTasks()[0]?.taskArn };
          void ecs.client.send(new StopTaskCommand(input));
        },
        { afterMs: MINUTE_MS },
      ),
    );

    expectNoneLeft(run);
    expect(statuses(run)).toEqual(['FAILED']);
    expect(run.ends[0]?.outcome?.reason).toMatch(/was stopped before web had ended.*Task stopped by user/);
  });

  test('wakes the deployment at once when it has ended, before its first user and while a shift bakes', async () => {
    for (const stage of ['POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const) {
      let rolledBackAtMs = Number.NaN;
      const run = await tasked([stage], { runsMs: 100 * SECOND_MS, exitCode: 1 }, (scene) =>
        scene.when(
          'RollBack',
          () => {
            rolledBackAtMs = scene.stage.world.kernel.scheduler.nowMs();
          },
          { afterMs: 0 },
        ),
      );

      const endedAtMs = run.tasks[0]?.stoppedAt?.getTime() ?? Number.NaN;
      expectNoneLeft(run);
      expect(rolledBackAtMs - endedAtMs).toBeGreaterThan(0);
      expect(rolledBackAtMs - endedAtMs).toBeLessThan(AT_ONCE_MS);
    }
  });

  test('for which ECS has no room is asked for again for ten minutes, and no task is made', async () => {
    const noRoom = { ...hangsOn, refused: { times: 1_000, reason: 'RESOURCE:MEMORY' } };
    const run = await tasked(['POST_SCALE_UP'], noRoom);

    expectNoneLeft(run, 0);
    expect(statuses(run)).toEqual(['FAILED']);
    expect(run.ends[0]?.outcome?.reason).toMatch(/no container instance has enough memory left/);
  });
});

test('users whom somebody gives to the green that is gone while a hook of the rollback hangs are back within a minute', async () => {
  let movedAtMs = Number.NaN;
  const run = await played(['ROLLBACK'], hangs, (scene) => {
    scene.when('Bake', () => scene.say('abort'));
    scene.when(
      'WaitForHooks',
      () => {
        const [deployment] = scene.stage.deployments;
        if (deployment === undefined) throw new Error('expected a deployment');
        movedAtMs = scene.now();
        worldFaults['foreign-weights:50/50'].apply(sceneOf(scene.stage, deployment));
      },
      { afterMs: 10 * MINUTE_MS },
    );
  });

  expectSettled(run);
  expect(outcomesOf(run)).toEqual(['rolledBack']);
  // Lambda ends the call after a quarter of an hour.
  expect(statuses(run)).toEqual(['FAILED']);
  expect(backAfter(run, movedAtMs)).toBeLessThan(MINUTE_MS + AT_ONCE_MS);
});
