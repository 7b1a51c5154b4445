import { MINUTE_MS } from '../../core/clock.ts';
import type { OutcomeKind } from '../../core/vocabulary/state.types.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import type { Behaviour, WorldSeed } from '../../sim/parts.types.ts';
import type { UserFunction } from '../../sim/user-functions.ts';
import { metricFaults } from '../faults/metric-faults.ts';
import { smallHook } from '../stage/small-hooks.ts';
import { groupArn, quick, quickHealthy, type SmallService } from '../stage/small-names.ts';
import { smallRequest, smallWorld } from '../stage/small-world.ts';

/** A deployment that ends by itself the way `ends` says; the proof then disturbs it at every point. */
export type Base = {
  name: string;
  description: string;
  service: SmallService;
  world: WorldSeed;
  request: Record<string, unknown>;
  /** How the new version behaves. */
  version: Behaviour;
  /** How the version before it behaves; absent: well. */
  old?: Behaviour;
  /** The execution's name; one by the seed unless given. */
  execution?: string;
  ends: OutcomeKind;
  /** What its hooks' function does. */
  hook?: UserFunction;
  /** It takes long: only these faults are played, and only at its states. */
  faults?: readonly string[];
};

/** One observation each: what is proven does not depend on how long nothing happens. */
const BAKE = '10s';

const versionOf = (text: string): Behaviour => {
  const parsed = parseBehaviour(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return quick(parsed.behaviour);
};

type BaseInput = Omit<Base, 'service' | 'world' | 'version' | 'ends'> &
  Partial<Pick<Base, 'ends' | 'version'>> & {
    service?: Partial<SmallService>;
    /** Another service behind the same listener, which nobody deploys. */
    neighbour?: true;
  };

const base = ({
  service: shape,
  ends = 'succeeded',
  version = quickHealthy,
  neighbour,
  ...rest
}: BaseInput): Base => {
  const service: SmallService = { name: 'web', routes: ['default'], sticky: false, first: false, ...shape };
  const other: SmallService = { ...service, name: 'shop', routes: ['rule'], behind: service.name };
  return {
    ...rest,
    service,
    world: smallWorld(neighbour === true ? [service, other] : [service]),
    request: { ...smallRequest(service), ...rest.request },
    version,
    ends,
  };
};

/**
 * What an earlier deployment left: names are free again after 90 days [fact 102], and an externalId is anybody's
 * label [fact 18].
 */
const named = (input: Base, execution: string): Base => {
  const [service] = input.world.services;
  for (const set of service?.taskSets ?? []) set.externalId = execution;
  return { ...input, execution };
};

/** A part of the users, then all. */
const twoShifts = (greenPct: number, bake: string): Record<string, unknown> => ({
  shifts: [
    { greenPct, bake },
    { greenPct: 100, bake: BAKE },
  ],
});

/** What becomes of the metrics that blue and green are compared by; no alarm of these bases would see it. */
const METRIC_FAULTS = metricFaults.map(({ name }) => name);

/** Half of the users until green is proven unharmed, for 20 minutes at most; what is not proven goes back. */
const compared = (rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  alarms: [],
  shifts: [
    { greenPct: 50, atLeast: '3m', atMost: '20m' },
    { greenPct: 100, bake: BAKE },
  ],
  analysis: { onInconclusive: 'rollBack' },
  ...rest,
});

/** Fails a part of its requests in its third to fifth minute, and is better than blue from then on. */
const BURST_MS = { from: 2 * MINUTE_MS, to: 5 * MINUTE_MS };
const burst: Behaviour = {
  ...quickHealthy,
  name: 'errors for three minutes',
  errorShare: (sinceMs) => (sinceMs >= BURST_MS.from && sinceMs < BURST_MS.to ? 0.2 : 0),
  changesAtMs: [BURST_MS.from, BURST_MS.to],
};

export const bases: readonly Base[] = [
  base({
    name: 'all-at-once',
    description: 'everything in one shift, by a default action',
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
  }),
  base({
    name: 'canary',
    description: '20 %, then everything, by a rule',
    service: { routes: ['rule'] },
    request: twoShifts(20, BAKE),
  }),
  base({
    name: 'five-shifts',
    description: '5, 20, 50, 80 and 100 %',
    request: { shifts: [5, 20, 50, 80, 100].map((greenPct) => ({ greenPct, bake: BAKE })) },
  }),
  base({
    name: 'first',
    description: "a service's first deployment: nothing serves before it",
    service: { first: true },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
  }),
  base({
    name: 'two-routes',
    description: 'a default action and a rule move together',
    service: { routes: ['default', 'rule'] },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'crowded',
    description: "among other people's rules and groups, and green's group is in no route yet",
    service: { routes: ['default', 'rule'], crowded: true },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'shared',
    description: 'another service has a rule of the same listener, and keeps it as it is',
    service: { routes: ['default', 'rule'] },
    neighbour: true,
    request: { ...twoShifts(50, BAKE), greenTargetGroup: groupArn('web', 'b') },
  }),
  base({
    name: 'sticky',
    description: 'group stickiness: blue leaves the action before it is retired',
    service: { sticky: true },
    request: twoShifts(30, BAKE),
  }),
  base({
    name: 'tested',
    description: 'green is tried by a rule of testers before its first user, then gets 50 %, then everything',
    service: { test: 'rule' },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'hooked',
    description:
      'functions are asked before launch, before users, while testers try green, and before each shift',
    service: { test: 'rule' },
    request: {
      ...twoShifts(50, BAKE),
      hooks: [
        smallHook('before', ['PRE_SCALE_UP', 'POST_SCALE_UP']),
        smallHook('smoke', ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT']),
        smallHook('after', ['POST_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK']),
      ],
    },
    hook: hookBehaviours.passes.behave(),
  }),
  base({
    name: 'hooked-rollback',
    description: 'a function refuses before the second shift, and another runs after the rollback',
    service: { routes: ['rule'] },
    request: {
      ...twoShifts(50, BAKE),
      hooks: [
        smallHook('gate', ['PRE_PRODUCTION_TRAFFIC_SHIFT'], { steps: [2] }),
        smallHook('undo', ['ROLLBACK']),
      ],
    },
    hook: async ({ stage }) =>
      stage === 'ROLLBACK'
        ? { hookStatus: 'SUCCEEDED' }
        : { hookStatus: 'FAILED', reason: 'the second shift is not to be' },
    ends: 'rolledBack',
    faults: [
      'hooks-misbehave',
      'hook-stopped',
      'stopped',
      'dies-after',
      'times-out',
      'twice',
      'alarm',
      'aborted',
    ],
  }),
  base({
    name: 'autoscaled',
    description: 'scaled by a target, by an alarm and by the clock, which adds a task in the middle',
    service: { scaled: true },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'autoscaled-rollback',
    description: 'the same, and the version never becomes healthy',
    service: { scaled: true },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE, timeToHealthy: '1m', autoscaling: 'suspendAll' },
    version: versionOf('never-healthy'),
    ends: 'rolledBack',
  }),
  base({
    name: 'grows',
    description:
      'green has the tasks that its weight takes, 30 % and everything, of four and from the first minute on of eight; each takes two minutes and a half to start',
    service: { scaled: true, tasks: 4 },
    request: { ...twoShifts(30, '1m'), capacity: 'followWeight', timeToHealthy: '10m' },
    version: { ...quickHealthy, name: 'slow to start', startMs: 150_000 },
  }),
  base({
    name: 'grows-rollback',
    description: 'the same, and the version answers errors while it is small',
    service: { tasks: 4 },
    request: { ...twoShifts(20, '8m'), capacity: 'followWeight' },
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
  }),
  named(
    base({
      name: 'same-name',
      description: 'blue carries the name of this very deployment',
      request: twoShifts(50, BAKE),
    }),
    'web-7',
  ),
  base({
    name: 'rollback-alarm',
    description: 'the version answers errors and its alarm rolls it back',
    service: { routes: ['rule'] },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-sticky',
    description:
      'the same behind a sticky route: a blue that ends leaves it, and is checked again when it is back',
    service: { routes: ['rule'], sticky: true },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
    faults: ['colours-die', 'stopped'],
  }),
  base({
    name: 'rollback-slow',
    description:
      'the version answers nobody, and green takes ten minutes to drain: somebody may write while nobody listens there',
    service: { routes: ['rule'], drainSeconds: 600 },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:100%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-sick',
    description: 'the version never becomes healthy',
    request: { strategy: 'AllAtOnce', keepBlue: BAKE, timeToHealthy: '1m' },
    version: versionOf('never-healthy'),
    ends: 'rolledBack',
  }),
  base({
    name: 'long-bake',
    description:
      '20 % for two hours: between two of its own observations only the watch sees what users meet',
    service: { routes: ['rule'] },
    request: { ...twoShifts(20, '2h'), analysis: 'off' },
    faults: ['colours-die', 'unwell-colours'],
  }),
  base({
    name: 'compared-good',
    description: 'a shift by time and one by evidence: metrics may show what they like of a good version',
    request: {
      alarms: [],
      shifts: [
        { greenPct: 20, bake: '6m' },
        { greenPct: 50, atLeast: '4m', atMost: '20m' },
        { greenPct: 100, bake: BAKE },
      ],
    },
    faults: [...METRIC_FAULTS, 'colours-die', 'unwell-colours'],
  }),
  base({
    name: 'unwatched',
    description: 'the version fails one request in ten, nothing watches it, and its success has to name them',
    request: { ...twoShifts(20, '8m'), alarms: [], analysis: 'off' },
    version: versionOf('errors:10%'),
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'compared-bad',
    description: 'the version fails one request in ten, and no alarm is there: only the comparison sees it',
    request: compared(),
    version: versionOf('errors:10%'),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'compared-burst',
    description: 'the version fails for three minutes and is then better than blue, which fails now and then',
    request: compared(),
    version: burst,
    old: versionOf('errors:2%'),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
  }),
];

export const baseNamed = (name: string): Base | undefined => bases.find((each) => each.name === name);
