import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { GreenSize } from '../../core/verdict/growth-in-bake.ts';
import type { Observation } from '../../core/verdict/judge.ts';
import type { AnalysisPlan } from '../../core/vocabulary/analysis.types.ts';
import type { Command, CommandKind } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { RolledBack } from '../../core/vocabulary/ending.types.ts';
import type { ObservedTarget, ObservedTaskSet, StoppedTask } from '../../core/vocabulary/observed.types.ts';
import type { ColourCount } from '../../core/vocabulary/placement.types.ts';
import type { Plan, Route, RouteForward, WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import type { Traffic } from '../../core/vocabulary/state.types.ts';

/** A deployment in the middle, as plain data; tests change the one thing they are about. */

export const BLUE = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-blue/aaaa';
export const GREEN = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-green/bbbb';
export const THIRD = 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/other/cccc';

export const NOW = 1_800_000_000_000;

export const aForward = (...groups: [arn: string, weight: number][]): RouteForward => ({
  groups: groups.map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
  stickiness: { enabled: false },
});

export const aStickyForward = (...groups: [arn: string, weight: number][]): RouteForward => ({
  ...aForward(...groups),
  stickiness: { enabled: true, durationSeconds: 3_600 },
});

/** `[arn, weight]` pairs, for short expectations. */
export const pairsOf = (groups: WeightedGroup[]): [string, number][] =>
  groups.map(({ targetGroupArn, weight }) => [targetGroupArn, weight]);

export const aRoute = (label: string, original = aForward([BLUE, 100], [GREEN, 0])): Route => ({
  arn: `arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/shop/1/${label}`,
  kind: 'listener',
  listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/shop/1/2',
  loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop/1',
  label,
  original,
});

export const aPlan = (changes: Partial<Plan> = {}): Plan => ({
  clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/main',
  serviceArn: 'arn:aws:ecs:eu-west-1:1:service/main/shop',
  cluster: 'main',
  service: 'shop',
  desiredCount: 2,
  blue: {
    id: 'ecs-svc/1',
    arn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/1',
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7',
    targetGroupArn: BLUE,
    scalePercent: 100,
  },
  blueTargetGroupArn: BLUE,
  green: {
    taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
    images: [{ container: 'web', image: 'shop:v2' }],
    targetGroupArn: GREEN,
    containerName: 'web',
    containerPort: 8080,
  },
  loadBalancerKind: 'application',
  routes: [aRoute('HTTPS:443 default')],
  shifts: [
    { greenPct: 10, bakeMs: 5 * MINUTE_MS },
    { greenPct: 50, bakeMs: 5 * MINUTE_MS },
    { greenPct: 100, bakeMs: 60 * MINUTE_MS },
  ],
  strategyName: '3 shifts',
  alarms: {
    names: ['shop-5xx'],
    redAtStart: { kind: 'refuse' },
    withoutData: 'ignore',
    ignoredUntilOk: [],
  },
  healthyForMs: 30 * SECOND_MS,
  timeToHealthyMs: 10 * MINUTE_MS,
  deregistrationDelayMs: 300 * SECOND_MS,
  stopTimeoutMs: 30 * SECOND_MS,
  warnings: [],
  ...changes,
});

export const aFirstDeployment = (changes: Partial<Plan> = {}): Plan => aPlan({ blue: null, ...changes });

export const aTaskSet = (changes: Partial<ObservedTaskSet> = {}): ObservedTaskSet => ({
  id: 'ecs-svc/2',
  arn: 'arn:aws:ecs:eu-west-1:1:task-set/main/shop/ecs-svc/2',
  externalId: 'deploy-8',
  status: 'ACTIVE',
  taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:8',
  targetGroupArn: GREEN,
  scalePercent: 100,
  computedDesiredCount: 2,
  pendingCount: 0,
  runningCount: 2,
  steady: true,
  createdAtMs: NOW,
  ...changes,
});

export const aTarget = (
  state: ObservedTarget['state'],
  reasonCode?: string,
  description?: string,
): ObservedTarget => ({
  id: '10.0.0.1',
  port: 8080,
  state,
  ...(reasonCode === undefined ? {} : { reasonCode }),
  ...(description === undefined ? {} : { description }),
});

export const aStoppedTask = (stoppedReason: string, changes: Partial<StoppedTask> = {}): StoppedTask => ({
  taskArn: 'arn:aws:ecs:eu-west-1:1:task/main/0123456789abcdef0123456789abcdef',
  stoppedReason,
  stopCode: 'TaskFailedToStart',
  containers: [{ name: 'web', image: 'shop:v2' }],
  ...changes,
});

export const someHealth = (healthy: number, wanted: number, ...reasons: string[]) => ({
  healthy,
  wanted,
  reasons,
});

/** So many tasks, all healthy unless said otherwise. */
export const someTasks = (running: number, healthy = running): ColourCount => ({
  healthy,
  registered: running,
  unchecked: false,
  running,
});

/** At the first position, shifted at NOW. */
export const someTraffic = (changes: Partial<Traffic> = {}): Traffic => ({
  position: 0,
  weights: { blue: 90, green: 10 },
  shiftedAtMs: NOW,
  routes: [{ label: 'HTTPS:443 default', before: { blue: 100, green: 0 }, after: { blue: 90, green: 10 } }],
  ...changes,
});

/** Everything read, everything well, at the first position. */
export const anObservation = (changes: Partial<Observation> = {}): Observation => ({
  observedAtMs: NOW,
  blue: someHealth(2, 2),
  green: someHealth(2, 2),
  counts: { blue: someTasks(2), green: someTasks(2), needed: 2 },
  blueGone: false,
  greenGone: false,
  alarms: {
    alarms: [{ name: 'shop-5xx', kind: 'metric', state: 'OK', reason: '', updatedAtMs: NOW }],
    missing: [],
  },
  routes: [{ label: 'HTTPS:443 default', weights: { blue: 90, green: 10 } }],
  unreadable: [],
  ...changes,
});

export const aDecision = (changes: Partial<Decision> = {}): Decision => ({
  kind: 'hold',
  reason: 'baked 1m of 5m at 10 %',
  position: 0,
  waitSeconds: 60,
  unknownSinceMs: null,
  ignoredUntilOk: [],
  evidence: {
    observedAtMs: NOW,
    blue: { healthy: 2, wanted: 2 },
    green: { healthy: 2, wanted: 2 },
    alarms: [],
    routes: [],
    commands: [],
  },
  ...changes,
});

export const aRollBack = (changes: Partial<RolledBack> = {}): RolledBack => ({
  kind: 'held',
  reason: 'blue is the sicker of the two',
  because: 'alarm shop-5xx is in ALARM',
  startedAtMs: NOW,
  waitSeconds: 15,
  heard: { atMs: NOW },
  routes: [],
  ...changes,
});

/** Sent by ada a minute after the first shift; its id follows from kind and time. */
export const aCommand = (
  kind: CommandKind,
  atMs = NOW + MINUTE_MS,
  changes: Partial<Command> = {},
): Command => ({
  id: `${kind}_${atMs}`,
  kind,
  by: 'ada',
  reason: 'the banner is wrong',
  atMs,
  ...changes,
});

/** Commands a second apart, the first at NOW. */
export const sent = (...kinds: CommandKind[]): Command[] =>
  kinds.map((kind, index) => aCommand(kind, NOW + index * 1_000, { id: `c${index}` }));

/** Of a service that wants ten tasks: two, as green has them at 10 % with a fourth more than its share. */
export const aGreenSize = (changes: Partial<GreenSize> = {}): GreenSize => ({
  id: 'ecs-svc/2',
  externalId: 'me',
  scalePercent: 15,
  computedDesiredCount: 2,
  healthy: 2,
  desiredCount: 10,
  scaledDown: false,
  ...changes,
});

/** Errors decide; `changes` say otherwise. */
export const anAnalysisPolicy = (changes: Partial<AnalysisPlan> = {}): AnalysisPlan => ({
  errors: { use: 'decide', psi: 1.25, delta: 0.0001 },
  latency: { use: 'advise', psi: 1.25, delta: 0.005 },
  alpha: 0.01,
  onInconclusive: 'ask',
  baseline: null,
  ...changes,
});
