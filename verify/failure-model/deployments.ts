import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { HookStage } from '../../core/vocabulary/hooks.types.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import { type Phase, phaseNames } from '../../statemachine/phases.ts';
import { type StateName, statesIn } from '../../statemachine/states.ts';
import type { Base } from '../exhaust/base.ts';
import { baseNamed } from '../exhaust/bases.ts';
import { groupArn } from '../stage/small-names.ts';
import type { Deployment, Stage } from '../stage/stage.ts';
import { ends } from './workflow.ts';

/** What a fault may strike: a state, or a Lambda that events start. */
export type Place = StateName | 'OnAlarm' | 'Sweep';

/** The `time`-th entry into a state. */
export type Entry = { entering: StateName; time: number };

/** A deployment that the failure model is made from: it is played once as it is, then with one fault at each point. */
export type Played = {
  name: string;
  description: string;
  base: Base;
  /** What goes wrong before, in the undisturbed run as well, so that the states behind it are reached at all. */
  first?: { faults: readonly { name: string; afterMs: number }[] } & Entry;
  /** Nothing is struck from there on: the same comes again and again. */
  until?: Entry;
  /** What else is so in every run of it. */
  also?(stage: Stage): void;
  /** Deployments of the same service that come before it. */
  others?: readonly Deployment[];
  startAfterMs?: number;
  /** Faults that are not played in it, each with the reason. */
  notPlayed?: Readonly<Record<string, string>>;
  /** From what a restored user's wait is counted. */
  since: 'the fault' | 'the alarm went red' | 'the stop';
  /** What is shown of this deployment; the rest of it is another one's to show. */
  places: readonly Place[];
};

const based = (name: string): Base => {
  const base = baseNamed(name);
  if (base === undefined) throw new Error(`verify/exhaust has no base ${name}`);
  return base;
};

/**
 * Green's group is in no route yet, as before a service's second deployment; AttachGreen then has something to write.
 */
const detached = (base: Base): Base => {
  const green = groupArn(base.service.name, 'b');
  const rules = base.world.rules.map(({ ListenerArn, Rule }) => ({
    ListenerArn,
    Rule: {
      ...Rule,
      Actions: Rule.Actions?.map((action) => ({
        ...action,
        ForwardConfig: {
          ...action.ForwardConfig,
          TargetGroups: action.ForwardConfig?.TargetGroups?.filter((group) => group.TargetGroupArn !== green),
        },
      })),
    },
  }));
  return {
    ...base,
    world: { ...base.world, rules } as Base['world'],
    request: { ...base.request, greenTargetGroup: green },
  };
};

const attached = based('canary');
const canary = detached(attached);
const byAlarm = based('rollback-alarm');

const HOOK_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:hook:live';

const hooked = (base: Base, stage: HookStage): Base => ({
  ...base,
  request: { ...base.request, hooks: [{ name: 'hook', stages: [stage], lambda: HOOK_ARN, timeout: '5m' }] },
});

const installHook = ({ world }: Stage): void =>
  world.functions.install(HOOK_ARN, hookBehaviours['in-progress'].behave({ count: 1, reason: '' }));

/** The running one is in its bakes when the other comes. */
const BEHIND_MS = 20_000;

/** ECS has noticed that a task died, and its replacement is not in service. */
const NOTICED_MS = 6_000;

/** The way out, which ends in one of the ends. */
const recordedAs = (end: StateName): StateName[] =>
  statesIn('recording').filter((name) => name === end || !ends.includes(name));

/** What only one deployment reaches, by its name. */
const only = {
  held: ['WaitForBlue'],
  'without tokens': ['WaitUnwoken', 'LeaveUnwoken'],
  frozen: ['WaitForOperator'],
  finishing: ['WaitToFinish'],
  hooked: statesIn('runningHooks'),
  'hooked rollback': statesIn('endingHooks'),
} as const satisfies Record<string, readonly StateName[]>;

/** The others of these phases. */
const usualIn = (...among: Phase[]): StateName[] =>
  statesIn(...among).filter((name) => !Object.values<readonly StateName[]>(only).flat().includes(name));

const back: readonly Phase[] = ['rollingBack', 'removing'];
const besides: readonly Phase[] = [
  ...back,
  'queued',
  'recovering',
  'recording',
  'runningHooks',
  'endingHooks',
];
const forward = phaseNames.filter((phase) => !besides.includes(phase));

/** Each execution comes here, whatever it is to do next. */
const atTheLease: readonly StateName[] = ['AcquireLease', 'HasLease?'];

/** A rollback that has to wait for blue. */
const blueDies = {
  base: {
    ...canary,
    request: {
      ...canary.request,
      shifts: [
        { greenPct: 20, bake: '2m' },
        { greenPct: 100, bake: '10s' },
      ],
    },
  },
  first: {
    faults: [
      { name: 'blue-task-dies', afterMs: 0 },
      { name: 'alarm', afterMs: NOTICED_MS },
    ],
    entering: 'Bake' as const,
    time: 1,
  },
};

const FROZEN_MS = 60_000;

const say = ({ orchestrator }: Stage, command: CommandKind): void => {
  const message = { cluster: 'proof', service: canary.service.name, command, by: 'ann', id: command };
  // Refused where the fault has ended the deployment already.
  orchestrator.lambda.invoke('Command', message, { executionArn: undefined }).catch(() => undefined);
};

export const playedDeployments: readonly Played[] = [
  {
    name: 'forward',
    description: 'a healthy version goes to 20 %, then to 100 %',
    base: canary,
    since: 'the fault',
    places: [...usualIn(...forward), ...recordedAs('Succeeded')],
  },
  {
    name: 'sticky',
    description: 'a healthy version on a sticky route: blue has to leave the route before it goes',
    base: based('sticky'),
    since: 'the fault',
    places: ['RetireBlue'],
  },
  {
    name: 'alarm',
    description: 'a version that answers errors, rolled back by its alarm at 20 %',
    base: byAlarm,
    since: 'the alarm went red',
    places: ['OnAlarm', ...usualIn(...back), ...recordedAs('RolledBack')],
  },
  {
    name: 'moved',
    description:
      'all of blue’s tasks die for five minutes while green has 20 %: users are moved to green meanwhile',
    base: canary,
    first: { faults: [{ name: 'colour-dies:blue', afterMs: 0 }], entering: 'Bake', time: 1 },
    until: { entering: 'Bake', time: 4 },
    notPlayed: {
      'permission-gone':
        'without the permission to write no user is moved; the limit of safety rule 8 holds only where AWS can be ' +
        'reached',
      'api-down': 'the same: nothing can be written',
    },
    since: 'the fault',
    places: ['JudgeHealth'],
  },
  {
    name: 'recovery',
    description: 'a healthy version whose execution is stopped at 20 %; the sweep recovers it',
    base: canary,
    first: { faults: [{ name: 'stopped', afterMs: 0 }], entering: 'Bake', time: 1 },
    since: 'the stop',
    places: ['Sweep', ...atTheLease, ...statesIn('recovering'), 'RollBack'],
  },
  {
    name: 'in line',
    description: 'a healthy version that waits for another deployment of its service',
    base: { ...attached, request: { ...attached.request, taskDefinition: 'web:3', whenBusy: 'queue' } },
    others: [{ service: attached.service, request: attached.request, startAfterMs: 0 }],
    startAfterMs: BEHIND_MS,
    since: 'the fault',
    places: [...atTheLease, ...statesIn('queued')],
  },
  {
    name: 'held',
    description: 'a rollback that finds blue less healthy than green',
    ...blueDies,
    since: 'the alarm went red',
    places: only.held,
  },
  {
    name: 'without tokens',
    description: 'the same, and the steps that wait in a rollback may not write the table',
    ...blueDies,
    also: ({ world: { kernel } }) =>
      kernel.intercept(({ by, operation }) =>
        (by === 'WaitForBlue' || by === 'LetTrafficLeave') && operation === 'UpdateItem'
          ? 'denied'
          : undefined,
      ),
    since: 'the alarm went red',
    places: only['without tokens'],
  },
  {
    name: 'frozen',
    description: 'a healthy version that a person freezes while green starts, and resumes a minute later',
    base: canary,
    also: (stage) => {
      let frozen = false;
      stage.world.kernel.onEvent(({ kind, data }) => {
        if (frozen || kind !== 'step' || data?.phase !== 'entered' || data.state !== 'CheckGreen') return;
        frozen = true;
        say(stage, 'freeze');
        stage.world.kernel.scheduler.after(FROZEN_MS, () => say(stage, 'resume'));
      });
    },
    since: 'the fault',
    places: only.frozen,
  },
  {
    name: 'finishing',
    description: 'somebody resets the weights while blue drains: the deployment is finished, not undone',
    base: canary,
    first: { faults: [{ name: 'foreign-weights', afterMs: 0 }], entering: 'WaitForRetirement', time: 2 },
    since: 'the fault',
    places: only.finishing,
  },
  {
    name: 'hooked',
    description: 'a healthy version that a hook of two calls tests before its first user',
    base: hooked(canary, 'POST_SCALE_UP'),
    also: installHook,
    since: 'the fault',
    places: only.hooked,
  },
  {
    name: 'hooked rollback',
    description: 'a version that answers errors, rolled back by its alarm; a hook of two calls follows',
    base: hooked(byAlarm, 'ROLLBACK'),
    also: installHook,
    since: 'the alarm went red',
    places: only['hooked rollback'],
  },
];

export const playedNamed = (name: string): Played => {
  const played = playedDeployments.find((one) => one.name === name);
  if (played === undefined) throw new Error(`there is no deployment "${name}"`);
  return played;
};
