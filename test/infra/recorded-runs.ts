import { MINUTE_MS } from '../../core/clock.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import type { EventHandlerName } from '../../functions/event-handlers.ts';
import { worldFaults } from '../../rehearsal/faults/world-faults.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import type { Base } from '../../verify/exhaust/base.ts';
import { bases } from '../../verify/exhaust/bases.ts';
import { keptAt } from '../../verify/moving/kept-at.ts';
import { movedAccount } from '../../verify/moving/moved-account.ts';
import { originNamed } from '../../verify/moving/origins.ts';
import { armSoak } from '../../verify/soak/arm-soak.ts';
import { scheduleOf } from '../../verify/soak/schedule.ts';
import { versionOf } from '../../verify/soak/soak-runs.ts';
import { sceneOf } from '../../verify/stage/scene.ts';
import {
  alarmName,
  groupArn,
  quickHealthy,
  routeArns,
  type SmallService,
} from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { runStage, type Stage } from '../../verify/stage/stage.ts';

type Disturb = (stage: Stage) => void;

/** Into a wait: not in the middle of the event that tells of it, and after its token was stored. */
const A_MOMENT_MS = 3_000;

/** Once, in the state's first visit. */
const during = (
  { world: { kernel } }: Stage,
  state: string,
  happens: () => void,
  afterMs = A_MOMENT_MS,
): void => {
  let happened = false;
  kernel.onEvent(({ kind, data }) => {
    if (happened || kind !== 'step' || data?.phase !== 'entered' || data.state !== state) return;
    happened = true;
    kernel.scheduler.after(afterMs, happens);
  });
};

const invoke = ({ orchestrator }: Stage, name: EventHandlerName, payload: unknown): void =>
  void orchestrator.lambda.invoke(name, payload, { executionArn: undefined });

const say = (stage: Stage, command: CommandKind): void =>
  invoke(stage, 'Command', {
    cluster: 'proof',
    service: 'web',
    command,
    by: 'ann',
    reason: 'a test',
    id: command,
  });
const abort = (stage: Stage): void => say(stage, 'abort');

const stop = ({ orchestrator, deployments }: Stage): void => {
  const execution = deployments[0]?.execution();
  if (execution === undefined) throw new Error('expected a deployment that has started');
  orchestrator.stepFunctions.stopExecution(execution.arn, 'a test');
};

/** As a step makes a call, the first time from now on. */
const onceAs = (stage: Stage, step: string, call: string, happens: () => void): void => {
  let happened = false;
  stage.world.kernel.intercept(({ by, operation }) => {
    if (!happened && by === step && operation === call) {
      happened = true;
      happens();
    }
    return undefined;
  });
};

const askHook = (stage: Stage): void => {
  const [arn, target, source] = [
    'service-deployment/proof/web/d1',
    'service-revision/proof/web/2',
    'service-revision/proof/web/1',
  ].map((name) => `arn:aws:ecs:us-east-1:111122223333:${name}`) as [string, string, string];
  const groups = { [target]: [groupArn('web', 'b')], [source]: [groupArn('web', 'a')] };
  stage.world.ecs.playNative({ arn, source, target, groups });
  invoke(stage, 'AnalysisHook', {
    lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
    resourceArn: arn,
    executionDetails: {
      targetServiceRevisionArn: target,
      productionTrafficWeights: { [target]: 20, [source]: 80 },
    },
  });
};

const redAlarm = { detail: { alarmName: alarmName('web'), state: { value: 'ALARM' } } };

const base = (name: string): Base => {
  const found = bases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no base ${name}`);
  return found;
};

const twoStickyRoutes: SmallService = {
  name: 'web',
  routes: ['default', 'rule'],
  sticky: true,
  first: false,
};
const sticky: Base = {
  ...base('sticky'),
  service: twoStickyRoutes,
  world: smallWorld([twoStickyRoutes]),
  request: { ...base('sticky').request, ...smallRequest(twoStickyRoutes) },
};
const twoRoutes = base('two-routes');

const testPort: SmallService = { ...twoStickyRoutes, sticky: false, test: 'listener' };
const testedOnAPort: Base = {
  ...base('tested'),
  service: testPort,
  world: smallWorld([testPort]),
  request: { ...base('tested').request, ...smallRequest(testPort) },
};

const HOOK_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:hook:live';

const hooked = (of: Base, stages: readonly HookStage[]): Base => ({
  ...of,
  request: { ...of.request, hooks: [{ name: 'hook', stages, lambda: HOOK_ARN, timeout: '10m' }] },
});

/** Its task is the deployed version's own. */
const tasked = (of: Base, stages: readonly HookStage[], timeout: string): Base => ({
  ...of,
  request: {
    ...of.request,
    hooks: [{ name: 'hook', stages, task: { taskDefinition: 'green', command: ['migrate'] }, timeout }],
  },
});

const noRoom = { times: 20, reason: 'RESOURCE:MEMORY' };

const runs: { description: string; of: Base; disturb?: Disturb }[] = [
  ...bases.map((of) => ({ description: of.name, of })),
  {
    description: 'a first deployment of a service that lists its task sets only while one is PRIMARY',
    of: base('first'),
    disturb: ({ world }) => world.ecs.listOnlyWithPrimary(),
  },
  {
    description: 'the same, aborted during its bake',
    of: base('first'),
    disturb: (stage) => {
      stage.world.ecs.listOnlyWithPrimary();
      during(stage, 'Bake', () => abort(stage));
    },
  },
  {
    description: 'a bake so long that the watch reads the metrics by itself',
    of: {
      ...base('canary'),
      request: {
        ...base('canary').request,
        shifts: [
          { greenPct: 20, bake: '1h' },
          { greenPct: 100, bake: '10s' },
        ],
      },
    },
  },
  {
    description: 'ECS asks the hook of a deployment that it makes itself',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => askHook(stage)),
  },
  { description: 'stickiness on a rule too', of: sticky },
  { description: 'green is tried on a port of its own', of: testedOnAPort },
  {
    description: 'the same, aborted while it is open to testers',
    of: testedOnAPort,
    disturb: (stage) => during(stage, 'Bake', () => abort(stage)),
  },
  {
    description: 'green is tried by a rule, and aborted while it is open to testers',
    of: base('tested'),
    disturb: (stage) => during(stage, 'Bake', () => abort(stage)),
  },
  {
    description: 'green is in no route yet',
    of: { ...twoRoutes, request: { ...twoRoutes.request, greenTargetGroup: groupArn('web', 'b') } },
    disturb: ({ world }) => {
      for (const arn of routeArns(twoRoutes.service)) {
        world.elbv2.foreignWrite(arn, [{ targetGroupArn: groupArn('web', 'a'), weight: 100 }], 'a test');
      }
    },
  },
  {
    description: 'green is taken out of both routes while it starts',
    of: twoRoutes,
    disturb: (stage) =>
      during(stage, 'WaitForGreen', () => {
        stage.foreignWrite();
        for (const arn of routeArns(twoRoutes.service)) {
          stage.world.elbv2.foreignWrite(
            arn,
            [{ targetGroupArn: groupArn('web', 'a'), weight: 100 }],
            'a test',
          );
        }
      }),
  },
  {
    description: 'green loses tasks while it serves',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => stage.world.ecs.killTask('green')),
  },
  {
    description: 'blue loses all tasks while green serves a part of two routes, so that users are moved',
    of: twoRoutes,
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        stage.world.ecs.killTask('blue');
        stage.world.ecs.killTask('blue');
      }),
  },
  {
    description: 'blue loses all tasks as a rollback begins, so that a small green grows for its users',
    of: { ...base('grows'), version: quickHealthy },
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        const { ecs } = stage.world;
        for (const { id, status } of ecs.taskSets()) if (status === 'PRIMARY') ecs.holdLaunches(id, 300_000);
        for (let task = 0; task < 4; task += 1) ecs.killTask('blue');
        abort(stage);
      }),
  },
  {
    description: 'an alarm turns red during a bake',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () =>
        stage.world.cloudWatch.setAlarm(alarmName('web'), 'ALARM', 'a test', { forMs: 60_000 }),
      ),
  },
  {
    description: 'a signal comes before there is a token',
    of: base('canary'),
    disturb: (stage) => {
      let first = true;
      stage.world.kernel.intercept(({ by, operation }) => {
        if (first && by === 'JudgeHealth' && operation === 'DescribeAlarms') {
          first = false;
          invoke(stage, 'OnAlarm', redAlarm);
        }
        return undefined;
      });
    },
  },
  {
    description: 'a person pauses during a bake, and continues later',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        say(stage, 'pause');
        stage.world.kernel.scheduler.after(60_000, () => say(stage, 'resume'));
      }),
  },
  {
    description: 'a person pauses while green starts, and its execution is stopped',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'WaitForGreen', () => {
        say(stage, 'pause');
        stage.world.kernel.scheduler.after(60_000, () => stop(stage));
      }),
  },
  {
    description: 'a person freezes it while green starts, and an alarm turns red while CheckGreen reads',
    of: base('canary'),
    disturb: (stage) => {
      during(stage, 'LaunchGreen', () => say(stage, 'freeze'), 0);
      during(stage, 'WaitForOperator', () => {
        onceAs(stage, 'CheckGreen', 'DescribeTargetHealth', () => invoke(stage, 'OnAlarm', redAlarm));
        stage.world.kernel.scheduler.after(7_200_000, () => say(stage, 'resume'));
      });
    },
  },
  {
    description: 'an alarm turns red while RetireBlue reads',
    of: base('all-at-once'),
    disturb: (stage) =>
      onceAs(stage, 'RetireBlue', 'DescribeTaskSets', () => {
        say(stage, 'freeze');
        invoke(stage, 'OnAlarm', redAlarm);
        stage.world.kernel.scheduler.after(60_000, () => say(stage, 'resume'));
      }),
  },
  {
    description: 'a person aborts beside a blue without tasks, and an alarm turns red while RollBack reads',
    of: twoRoutes,
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        stage.world.ecs.killTask('blue');
        stage.world.ecs.killTask('blue');
        abort(stage);
        onceAs(stage, 'RollBack', 'DescribeTargetHealth', () => invoke(stage, 'OnAlarm', redAlarm));
      }),
  },
  {
    description: 'the same while blue is whole: the last requests leave green',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        abort(stage);
        onceAs(stage, 'RollBack', 'DescribeTargetHealth', () => invoke(stage, 'OnAlarm', redAlarm));
      }),
  },
  {
    description: 'RollBack may write no route for an hour, after an abort',
    of: base('canary'),
    disturb: (stage) => {
      const { kernel } = stage.world;
      const untilMs = kernel.scheduler.nowMs() + 3_600_000;
      kernel.intercept(({ by, operation }) =>
        by === 'RollBack' && operation.startsWith('Modify') && kernel.scheduler.nowMs() < untilMs
          ? 'denied'
          : undefined,
      );
      during(stage, 'Bake', () => abort(stage));
    },
  },
  {
    description: 'somebody deletes the service during a bake',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        const [deployment] = stage.deployments;
        if (deployment !== undefined) worldFaults['foreign-delete:service'].apply(sceneOf(stage, deployment));
      }),
  },
  {
    description: 'a person aborts during a bake',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => abort(stage)),
  },
  {
    description: 'hooks run at every stage, each called twice, and a person aborts during a bake',
    of: hooked(base('canary'), ['PRE_SCALE_UP', 'POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK']),
    disturb: (stage) => {
      stage.world.functions.install(HOOK_ARN, hookBehaviours['in-progress'].behave({ count: 1, reason: '' }));
      during(stage, 'Bake', () => abort(stage));
      during(stage, 'AwaitHooks', () => say(stage, 'pause'), 0);
      during(stage, 'AwaitHooks', () => say(stage, 'resume'), 60_000);
    },
  },
  {
    description: 'a hook that hangs is cancelled by an abort, and its execution is stopped',
    of: hooked(base('canary'), ['POST_SCALE_UP']),
    disturb: (stage) => {
      stage.world.functions.install(HOOK_ARN, hookBehaviours.hangs.behave());
      during(stage, 'AwaitHooks', () => abort(stage), 30_000);
    },
  },
  {
    description: 'a hook asks for an approval, which a person gives',
    of: {
      ...base('canary'),
      request: {
        ...base('canary').request,
        hooks: [{ name: 'business', stages: ['POST_SCALE_UP'], approval: true }],
      },
    },
    disturb: (stage) => during(stage, 'AwaitHooks', () => say(stage, 'approve')),
  },
  {
    description:
      'a task is run, and one that hangs is stopped when its time is over, before and after the rollback',
    of: tasked(base('canary'), ['PRE_SCALE_UP', 'POST_SCALE_UP', 'ROLLBACK'], '5m'),
    disturb: ({ world }) =>
      world.ecs.playTasks(({ CUTOVER_STAGE: at }) => ({
        runsMs: at === 'PRE_SCALE_UP' ? 20_000 : Number.POSITIVE_INFINITY,
        exitCode: 0,
      })),
  },
  {
    description: 'ECS has no room for a task until its time is over, before and after the rollback',
    of: tasked(base('canary'), ['POST_SCALE_UP', 'ROLLBACK'], '2m'),
    disturb: ({ world }) => world.ecs.playTasks(() => ({ refused: noRoom, runsMs: 0, exitCode: 0 })),
  },
  {
    description: 'a hook answers more than an execution holds, before and after the rollback',
    of: hooked(base('canary'), ['POST_SCALE_UP', 'ROLLBACK']),
    disturb: (stage) => stage.world.functions.install(HOOK_ARN, hookBehaviours.huge.behave()),
  },
  {
    description: 'a hook answers while AwaitHooks has no token yet',
    of: hooked(base('canary'), ['POST_SCALE_UP']),
    disturb: (stage) => {
      stage.world.functions.install(HOOK_ARN, hookBehaviours.passes.behave());
      // Its first read is slow: the result comes before it.
      onceAs(stage, 'RunHooks', 'StartExecution', () => invoke(stage, 'OnAlarm', redAlarm));
    },
  },
  {
    description: 'the answer of a hook cannot be kept until its time is over',
    of: hooked(base('canary'), ['POST_SCALE_UP']),
    disturb: (stage) => {
      stage.world.functions.install(HOOK_ARN, hookBehaviours.passes.behave());
      stage.world.kernel.intercept(({ by }) => (by === 'HookAnswer' ? 'throttle' : undefined));
    },
  },
  {
    description: 'a person aborts after green was promoted',
    of: base('all-at-once'),
    disturb: (stage) => during(stage, 'PromoteGreen', () => abort(stage), 0),
  },
  {
    description: 'the execution is stopped during a bake',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => stop(stage)),
  },
  {
    description: "the answer to the record's end is lost",
    of: base('all-at-once'),
    disturb: ({ world }) => {
      let first = true;
      world.kernel.intercept(({ by, operation }) => {
        if (!first || by !== 'RecordOutcome' || operation !== 'UpdateItem') return undefined;
        first = false;
        return 'lost';
      });
    },
  },
  {
    description: 'a second deployment, of a revision that does not exist, supersedes the first',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        const input = { ...base('canary').request, whenBusy: 'supersede', taskDefinition: 'web:9' };
        stage.orchestrator.stepFunctions.startExecution({ name: 'second', input });
      }),
  },
];

/** Random faults in random services: enough of them to meet every retry and recovery a few times. */
const SOAK_SEEDS = 12;

const perform = async (
  { of, disturb }: (typeof runs)[number],
  record: (stage: Stage) => void,
): Promise<boolean> => {
  const { service, request, world, version } = of;
  const { settled } = await runStage({
    world,
    seed: 1,
    behaviourOf: (arn) => (arn.endsWith(':2') ? version : quickHealthy),
    deployments: [{ service, request, startAfterMs: 0 }],
    disturb: (stage) => {
      record(stage);
      disturb?.(stage);
    },
  });
  return settled;
};

const soak = async (seed: number, record: (stage: Stage) => void): Promise<boolean> => {
  const schedule = scheduleOf(seed);
  const { settled } = await runStage({
    world: smallWorld(schedule.services),
    behaviourOf: versionOf(schedule),
    deployments: schedule.deployments,
    seed,
    disturb: (stage) => {
      record(stage);
      armSoak(stage, schedule.faults);
    },
  });
  return settled;
};

/** A move whose command has died, and whose new service loses its tasks. */
const unattended = async (record: (stage: Pick<Stage, 'world'>) => void): Promise<boolean> => {
  const account = movedAccount(originNamed('rolling'), 1, undefined, { alarmNames: [alarmName('shop')] });
  record(account);
  account.whenSaid('50 % bakes', () => account.kill());
  const { kind } = await account.start('continue');
  keptAt(account, account.names.twin, 0);
  await account.pass(10 * MINUTE_MS);
  return kind === 'died';
};

/** Plays everything, each with `record` in its world before it begins; says which came to an end. */
export const playRecorded = async (
  record: (stage: Pick<Stage, 'world'>) => void,
): Promise<Map<string, boolean>> => {
  const settled = new Map<string, boolean>();
  for (const run of runs) settled.set(run.description, await perform(run, record));
  for (let seed = 0; seed < SOAK_SEEDS; seed += 1) settled.set(`seed ${seed}`, await soak(seed, record));
  settled.set('a move that nobody attends', await unattended(record));
  return settled;
};
