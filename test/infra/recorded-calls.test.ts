import { beforeAll, describe, expect, test } from 'vitest';
import type { EventHandlerName } from '../../functions/event-handlers.ts';
import { eventHandlers } from '../../infra/event-handlers.ts';
import { type Action, allowedActions, impliedActions } from '../../infra/permissions.ts';
import type { ApiService } from '../../sim/kernel/fake-client.ts';
import { type Base, bases } from '../../sim/proof/bases.ts';
import {
  alarmName,
  groupArn,
  quickHealthy,
  routeArns,
  type SmallService,
  smallRequest,
  smallWorld,
} from '../../sim/proof/small-world.ts';
import { runStage, type Stage } from '../../sim/proof/stage.ts';
import { stepNames } from '../../statemachine/contract.ts';

/** How IAM calls the services. The last five are for a person's command line; no role of ours has them. */
const iamPrefix: Record<ApiService, string> = {
  ecs: 'ecs',
  elbv2: 'elasticloadbalancing',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  eventbridge: 'events',
  sfn: 'states',
  ssm: 'ssm',
  sts: 'sts',
  'application-autoscaling': 'application-autoscaling',
  ec2: 'ec2',
  ecr: 'ecr',
};

/** Every Lambda, with what its role allows. */
const lambdas: { name: string; allowed: readonly Action[] }[] = [
  ...stepNames.map((name) => ({ name, allowed: allowedActions(name) })),
  ...eventHandlers.map(({ name, actions }) => ({ name, allowed: actions })),
];

const recorded = new Map<string, Set<string>>(lambdas.map(({ name }) => [name, new Set()]));

/** Notes each call of a run under the Lambda that made it. */
const record = ({ world }: Stage): void => {
  world.kernel.onServed(({ by, service, operation }) => {
    if (by !== undefined) recorded.get(by)?.add(`${iamPrefix[service]}:${operation}`);
  });
};

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

const abort = (stage: Stage): void =>
  invoke(stage, 'Command', {
    cluster: 'proof',
    service: 'web',
    command: 'abort',
    by: 'ann',
    reason: 'a test',
    id: 'once',
  });

const stop = ({ orchestrator, deployments }: Stage): void => {
  const execution = deployments[0]?.execution();
  if (execution === undefined) throw new Error('expected a deployment that has started');
  orchestrator.stepFunctions.stopExecution(execution.arn, 'a test');
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

const runs: { says: string; of: Base; disturb?: Disturb }[] = [
  ...bases.map((of) => ({ says: of.name, of })),
  { says: 'stickiness on a rule too', of: sticky },
  {
    says: 'green is in no route yet',
    of: { ...twoRoutes, request: { ...twoRoutes.request, greenTargetGroup: groupArn('web', 'b') } },
    disturb: ({ world }) => {
      for (const arn of routeArns(twoRoutes.service)) {
        world.elbv2.foreignWrite(arn, [{ targetGroupArn: groupArn('web', 'a'), weight: 100 }], 'a test');
      }
    },
  },
  {
    says: 'green loses tasks while it serves',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => stage.world.ecs.killTask('green')),
  },
  {
    says: 'an alarm turns red during a bake',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () =>
        stage.world.cloudWatch.setAlarm(alarmName('web'), 'ALARM', 'a test', { forMs: 60_000 }),
      ),
  },
  {
    says: 'a signal comes before there is a token',
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
    says: 'a person aborts during a bake',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => abort(stage)),
  },
  {
    says: 'a person aborts after green was promoted',
    of: base('all-at-once'),
    disturb: (stage) => during(stage, 'PromoteGreen', () => abort(stage), 0),
  },
  {
    says: 'the execution is stopped during a bake',
    of: base('canary'),
    disturb: (stage) => during(stage, 'Bake', () => stop(stage)),
  },
  {
    says: "the answer to the record's end is lost",
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
    says: 'a second deployment, of a revision that does not exist, supersedes the first',
    of: base('canary'),
    disturb: (stage) =>
      during(stage, 'Bake', () => {
        const input = { ...base('canary').request, whenBusy: 'supersede', taskDefinition: 'web:9' };
        stage.orchestrator.stepFunctions.startExecution({ name: 'second', input });
      }),
  },
];

const perform = async ({ of, disturb }: (typeof runs)[number]): Promise<boolean> => {
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

const settled = new Map<string, boolean>();
beforeAll(async () => {
  for (const run of runs) settled.set(run.says, await perform(run));
}, 120_000);

test('every run that is recorded comes to an end', () => {
  expect([...settled].filter(([, end]) => !end)).toEqual([]);
});

describe('what a Lambda calls and what its role allows are the same', () => {
  test.each(lambdas)('$name', ({ name, allowed }) => {
    const calls = [...(recorded.get(name) ?? [])].toSorted();

    // Two permissions are asked for beside a call, by none of their own.
    const direct = allowed.filter((action) => !(action in impliedActions)).toSorted();

    expect(calls).toEqual(direct);
  });
});
