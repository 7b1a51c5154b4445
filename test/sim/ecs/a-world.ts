import {
  CreateTaskSetCommand,
  type CreateTaskSetCommandInput,
  type Service,
  type TaskDefinition,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import type { SdkCommand } from '../../../aws/call.ts';
import type { TargetState } from '../../../core/vocabulary/observed.types.ts';
import { healthy } from '../../../rehearsal/behaviour-kinds.ts';
import { makeEcs, type SimEcs } from '../../../sim/ecs/ecs.ts';
import { type Kernel, makeKernel } from '../../../sim/kernel/kernel.ts';
import type { SimEvent } from '../../../sim/kernel/trace.ts';
import type {
  Behaviour,
  RunningApp,
  TargetId,
  TargetRegistry,
  TaskHost,
  WorldSeed,
} from '../../../sim/parts.types.ts';
import { aService, aTaskDefinition } from '../../builders/ecs.ts';

const account = 'arn:aws:ecs:eu-west-1:111122223333';
export const CLUSTER = `${account}:cluster/shop`;
export const SERVICE = `${account}:service/shop/web`;
export const BLUE_ID = 'ecs-svc/1111111111111111111';
const group = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${name}/0123456789abcdef`;
export const BLUE_GROUP = group('web-blue');
export const GREEN_GROUP = group('web-green');
export const UNATTACHED_GROUP = group('web-spare');
export const INSTANCE_GROUP = group('web-instances');
export const definitionArn = (revision: number, family = 'web'): string =>
  `${account}:task-definition/${family}:${revision}`;

export const network = {
  awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-1'] },
};

const healthCheck = { command: ['CMD', 'check'], interval: 10, retries: 3, startPeriod: 20 };

const definition = (revision: number, more: Partial<TaskDefinition> = {}): TaskDefinition =>
  aTaskDefinition(definitionArn(revision), `shop/web:${revision}`, { family: 'web', revision, ...more });

export const BRIDGE_REVISION = 20;
export const INACTIVE_REVISION = 21;
export const VOLUME_REVISION = 19;
export const CHECKED_REVISION = 22;
export const SIDECARS_REVISION = 18;

type Registered = { target: TargetId; app: RunningApp; state: TargetState; atMs: number };

/** Target groups whose targets become healthy or unhealthy some seconds after registration, as the version says. */
const aRegistry = (kernel: Kernel) => {
  const groups = new Map<string, Registered[]>(
    [BLUE_GROUP, GREEN_GROUP, UNATTACHED_GROUP, INSTANCE_GROUP].map((arn) => [arn, []]),
  );
  const listeners: Parameters<TargetRegistry['onChange']>[0][] = [];
  const changes: { atMs: number; what: string; targetGroupArn: string; taskArn: string }[] = [];
  const of = (arn: string): Registered[] => groups.get(arn) ?? [];
  const find = (arn: string, target: TargetId): Registered | undefined =>
    of(arn).find((one) => one.target.id === target.id && one.target.port === target.port);
  const note = (what: string, targetGroupArn: string, taskArn: string): void =>
    void changes.push({ atMs: kernel.scheduler.nowMs(), what, targetGroupArn, taskArn });
  const set = (arn: string, one: Registered, state: TargetState): void => {
    one.state = state;
    note(state, arn, one.app.taskArn);
    for (const listener of listeners) listener(arn, one.target, state, one.app.taskArn);
  };

  const registry: TargetRegistry = {
    exists: (arn) => groups.has(arn),
    isAttached: (arn) => arn !== UNATTACHED_GROUP,
    targetType: (arn) => (arn === INSTANCE_GROUP ? 'instance' : 'ip'),
    register: (arn, target, app, options) => {
      const one: Registered = { target, app, state: 'initial', atMs: kernel.scheduler.nowMs() };
      of(arn).push(one);
      set(arn, one, options?.initiallyHealthy ? 'healthy' : 'initial');
      if (options?.initiallyHealthy) return;
      const good = app.behaviour.answersHealthCheck(0);
      kernel.scheduler.after(good ? 10_000 : 60_000, () => {
        if (one.state === 'initial') set(arn, one, good ? 'healthy' : 'unhealthy');
      });
    },
    deregister: (arn, target, drained) => {
      const one = find(arn, target);
      if (one === undefined) throw new Error('deregistered what was not registered');
      set(arn, one, 'draining');
      kernel.scheduler.after(30_000, () => {
        groups.set(
          arn,
          of(arn).filter((other) => other !== one),
        );
        drained();
      });
    },
    state: (arn, target) => find(arn, target)?.state ?? 'unused',
    appChanged: (arn, target) => note('appChanged', arn, find(arn, target)?.app.taskArn ?? 'unknown'),
    onChange: (listener) => void listeners.push(listener),
    counts: (arn) => ({
      registered: of(arn).filter(({ state }) => state !== 'draining').length,
      healthy: of(arn).filter(({ state }) => state === 'healthy').length,
      draining: of(arn).filter(({ state }) => state === 'draining').length,
    }),
  };
  const turn = (arn: string, index: number, state: TargetState): Registered => {
    const one = of(arn)[index];
    if (one === undefined) throw new Error(`no target ${index} in ${arn}`);
    set(arn, one, state);
    return one;
  };
  return { registry, of, changes, turn };
};

const blueSet: TaskSet = {
  id: BLUE_ID,
  taskSetArn: `${account}:task-set/shop/web/${BLUE_ID}`,
  status: 'PRIMARY',
  taskDefinition: definitionArn(1),
  launchType: 'FARGATE',
  networkConfiguration: network,
  loadBalancers: [{ targetGroupArn: BLUE_GROUP, containerName: 'web', containerPort: 8080 }],
  scale: { value: 100, unit: 'PERCENT' },
};

export const webService = (more: Partial<Service> = {}): Service =>
  aService({
    serviceArn: SERVICE,
    serviceName: 'web',
    clusterArn: CLUSTER,
    desiredCount: 4,
    taskSets: [blueSet],
    ...more,
  });

/** What a caller sends to launch green. */
const greenInput = (more: Partial<CreateTaskSetCommandInput> = {}): CreateTaskSetCommandInput => ({
  cluster: CLUSTER,
  service: SERVICE,
  taskDefinition: definitionArn(2),
  externalId: 'deployment-1',
  clientToken: 'deployment-1',
  launchType: 'FARGATE',
  networkConfiguration: network,
  loadBalancers: [{ targetGroupArn: GREEN_GROUP, containerName: 'web', containerPort: 8080 }],
  scale: { value: 100, unit: 'PERCENT' },
  ...more,
});

export const aWorld = (
  options: {
    seed?: number;
    services?: Service[];
    behaviours?: Record<number, Partial<Behaviour>>;
    taskHost?: TaskHost;
  } = {},
) => {
  const kernel = makeKernel(options.seed ?? 1, Date.UTC(2026, 0, 5));
  const events: SimEvent[] = [];
  kernel.onEvent((event) => void events.push(event));
  const targets = aRegistry(kernel);
  const seed: WorldSeed = {
    region: 'eu-west-1',
    account: '111122223333',
    clusterArn: CLUSTER,
    services: options.services ?? [webService()],
    taskDefinitions: [
      definition(1),
      definition(2),
      definition(BRIDGE_REVISION, { networkMode: 'bridge', compatibilities: ['EC2'] }),
      definition(INACTIVE_REVISION, { status: 'INACTIVE' }),
      definition(VOLUME_REVISION, { volumes: [{ name: 'data', configuredAtLaunch: true }] }),
      definition(CHECKED_REVISION, {
        containerDefinitions: [
          {
            name: 'web',
            image: 'shop/web:22',
            portMappings: [{ containerPort: 8080 }],
            healthCheck,
          },
        ],
      }),
      definition(SIDECARS_REVISION, {
        containerDefinitions: [
          { name: 'web', image: 'shop/web:18', portMappings: [{ containerPort: 8080 }], healthCheck },
          { name: 'proxy', image: 'proxy', healthCheck },
          { name: 'logs', image: 'logs', essential: false, healthCheck },
        ],
      }),
    ],
    loadBalancers: [],
    targetGroups: [],
    targetGroupAttributes: [],
    listeners: [],
    rules: [],
    metricAlarms: [],
    compositeAlarms: [],
    traffic: { requestsPerSecond: 0 },
  };
  const ecs = makeEcs(kernel, seed, {
    targets: targets.registry,
    behaviourOf: (arn) => ({ ...healthy, ...options.behaviours?.[Number(arn.split(':').at(-1))] }),
    taskHost: options.taskHost,
  });
  const { scheduler } = kernel;

  /** Sends one command and waits for its answer on virtual time. */
  const send = async <Output extends object>(command: SdkCommand<Output>): Promise<Output> => {
    let settled = false;
    const answer: Promise<Output> = ecs.client.send(command).finally(() => {
      settled = true;
    });
    answer.catch(() => {});
    await scheduler.run(() => settled);
    return answer;
  };
  const pass = (ms: number): Promise<void> => {
    const untilMs = scheduler.nowMs() + ms;
    scheduler.after(ms, () => {});
    return scheduler.run(() => false, untilMs);
  };
  const createGreen = async (
    more: Partial<CreateTaskSetCommandInput> = {},
  ): Promise<TaskSet & { id: string }> => {
    const { taskSet } = await send(new CreateTaskSetCommand(greenInput(more)));
    if (taskSet?.id === undefined) throw new Error('CreateTaskSet answered no task set');
    return { ...taskSet, id: taskSet.id };
  };
  return { kernel, ecs, targets, events, send, pass, createGreen };
};

export const setOf = (ecs: SimEcs, id: string | undefined) => {
  const found = ecs.taskSets().find((set) => set.id === id);
  if (found === undefined) throw new Error(`no task set ${id}`);
  return found;
};
