import type {
  Action,
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { makeElbv2 } from '../../../sim/elbv2/elbv2.ts';
import { makeKernel } from '../../../sim/kernel/kernel.ts';
import type { SimEvent } from '../../../sim/kernel/trace.ts';
import type { Behaviour, RunningApp, WorldSeed } from '../../../sim/parts.types.ts';
import { aForwardAction, aTargetGroup } from '../../builders/elbv2.ts';

export const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
export const BALANCER = `${ELB}:loadbalancer/app/web/50dc6c495c0c9188`;
export const LISTENER = `${ELB}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`;
export const ruleArn = (index: number): string =>
  `${LISTENER.replace(':listener/', ':listener-rule/')}/${String(index).padStart(16, '0')}`;
export const groupArn = (name: string): string => `${ELB}:targetgroup/${name}/73e2d6bc24d8a067`;
export const BLUE = groupArn('blue');
export const GREEN = groupArn('green');

export const forward = (weights: Record<string, number>, stickySeconds?: number): Action =>
  aForwardAction(
    weights,
    stickySeconds === undefined ? undefined : { Enabled: true, DurationSeconds: stickySeconds },
  );

export const aGroup = (name: string, more: Partial<TargetGroup> = {}): TargetGroup =>
  aTargetGroup(groupArn(name), { VpcId: 'vpc-1', ...more });

export type WorldParts = {
  actions?: Action[];
  rules?: Rule[];
  groups?: TargetGroup[];
  attributes?: Record<string, TargetGroupAttribute[]>;
  balancers?: LoadBalancer[];
  listeners?: Listener[];
  traffic?: WorldSeed['traffic'];
  metricAlarms?: WorldSeed['metricAlarms'];
  compositeAlarms?: WorldSeed['compositeAlarms'];
};

/** An HTTPS listener whose default action forwards to blue and green, 100 to 0, unless the test says otherwise. */
export const aWorld = (parts: WorldParts = {}): WorldSeed => ({
  region: 'eu-west-1',
  account: '111122223333',
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/main',
  services: [],
  taskDefinitions: [],
  loadBalancers: parts.balancers ?? [
    { LoadBalancerArn: BALANCER, LoadBalancerName: 'web', Type: 'application', VpcId: 'vpc-1' },
  ],
  targetGroups: parts.groups ?? [aGroup('blue'), aGroup('green')],
  targetGroupAttributes: Object.entries(parts.attributes ?? {}).map(([name, Attributes]) => ({
    TargetGroupArn: groupArn(name),
    Attributes,
  })),
  listeners: parts.listeners ?? [
    {
      ListenerArn: LISTENER,
      LoadBalancerArn: BALANCER,
      Protocol: 'HTTPS',
      Port: 443,
      DefaultActions: parts.actions ?? [forward({ [BLUE]: 100, [GREEN]: 0 })],
    },
  ],
  rules: (parts.rules ?? []).map((Rule) => ({ ListenerArn: LISTENER, Rule })),
  metricAlarms: parts.metricAlarms ?? [],
  compositeAlarms: parts.compositeAlarms ?? [],
  traffic: parts.traffic ?? { requestsPerSecond: 100 },
});

export const aBalancer = (parts: WorldParts = {}, seed = 1) => {
  const kernel = makeKernel(seed, START_MS);
  const world = aWorld(parts);
  const elb = makeElbv2(kernel, world);
  const events: SimEvent[] = [];
  kernel.onEvent((event) => events.push(event));

  const runFor = async (ms: number): Promise<void> => {
    let over = false;
    kernel.scheduler.after(ms, () => {
      over = true;
    });
    await kernel.scheduler.run(() => over);
  };
  /** Sends a command and lets its answer arrive. */
  const call = async (command: unknown) => {
    let done = false;
    const answer = elb.client.send(command).finally(() => {
      done = true;
    });
    answer.catch(() => {});
    await kernel.scheduler.run(() => done);
    return answer;
  };
  return { kernel, world, elb, events, runFor, call };
};

/** A version that is well unless the test says otherwise. */
const aVersion = (more: Partial<Behaviour> = {}): Behaviour => ({
  name: 'healthy',
  startMs: 0,
  bootMs: 0,
  answersHealthCheck: () => true,
  errorShare: () => 0,
  responseMs: () => 50,
  changesAtMs: [],
  ...more,
});

/** A running copy of a version, with a switch that ends it. */
export const anApp = (
  more: Partial<Behaviour> = {},
  listensFromMs = START_MS,
): RunningApp & { end(how?: 'crashed' | 'stopped'): void } => {
  let gone: 'crashed' | 'stopped' | undefined;
  return {
    taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/main/0123',
    behaviour: aVersion(more),
    listensFromMs,
    gone: () => gone !== undefined,
    goneBecause: () => gone ?? 'crashed',
    end: (how = 'crashed') => {
      gone = how;
    },
  };
};

export const target = (index = 1) => ({ id: `10.0.1.${index}`, port: 8080 });
