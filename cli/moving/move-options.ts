import type { MoveKind, MoveNames } from '../../core/adoption/adoption.types.ts';
import { type MovePlan, movePlan } from '../../core/adoption/move-plan.ts';
import { moveNames, SERVICE_NAME, twinNameOf } from '../../core/adoption/names.ts';
import { DEFAULT_SHARES } from '../../core/adoption/shift-steps.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { DURATION_FORM, parseDuration } from '../../core/duration.ts';
import type { Target } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** The options of the commands that move a service, and what is wanted by them. */

const DEFAULT_BAKE = '5m';

/** Slow images and capacity providers take minutes; after half an hour without a change a person has to decide. */
const DEFAULT_TIMEOUT = '30m';

const GOALS = ['step', 'continue', 'undo', 'finish'] as const;
type Goal = (typeof GOALS)[number];

export const sharedOptions = {
  plan: { type: 'boolean', help: 'only show the steps and where the move is; the default' },
  rehearse: {
    type: 'boolean',
    help: 'play it in a simulated copy of the account, with users: to the end, and back; writes nothing',
  },
  step: { type: 'boolean', help: 'the next step alone' },
  continue: { type: 'boolean', help: 'all steps but the last command' },
  undo: { type: 'boolean', help: 'take everything back, in the other order' },
  finish: { type: 'boolean', help: 'the last command: deletes the old service; nothing takes it back' },
  name: { type: 'string', value: 'NAME', help: 'of the new service; default: SERVICE-x' },
  shares: {
    type: 'string',
    value: 'LIST',
    help: `percent of the users, rising to 100; default: ${DEFAULT_SHARES.join(',')}`,
  },
  bake: { type: 'string', value: 'TIME', help: `at each share; default: ${DEFAULT_BAKE}` },
  alarm: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'users go back when it is in ALARM at a share; repeatable',
  },
  timeout: { type: 'string', value: 'TIME', help: `to wait for one thing; default: ${DEFAULT_TIMEOUT}` },
  'remove-groups': { type: 'boolean', help: "with --finish: the old service's target groups go too" },
  'cloud-map': {
    type: 'boolean',
    help: 'a service in Cloud Map may be reached by its name in both services, without weights',
  },
  emit: {
    type: 'string',
    value: 'FORMAT',
    offers: ['terraform', 'cloudformation', 'config'],
    help: 'print what is made, for your own templates: terraform or cloudformation; with --by-deployment also config, the cutover.yaml of its deployment',
  },
  json: { type: 'boolean', help: 'one JSON object a line; without a step to take: the plan' },
  policy: { type: 'boolean', help: 'print the IAM policy that you need' },
} as const;

export const adoptOptions = {
  'by-deployment': {
    type: 'boolean',
    help: "users move by the new service's first deployment, with the state machine and its rules, not by this command",
  },
} as const;

export const leaveOptions = {
  group: {
    type: 'string',
    value: 'NAME',
    help: 'the target group that the new service starts on, where no route and no tag says which',
  },
  'infrastructure-role': {
    type: 'string',
    value: 'ARN',
    help: "to ECS's own blue/green instead of rolling updates, with this role for load balancers",
  },
} as const;

export type Wanted = {
  kind: MoveKind;
  target: Target;
  plan: MovePlan;
  shares: readonly number[];
  bakeMs: number;
  timeoutMs: number;
  alarms: string[];
  goal: Goal | null;
};

/** What is wrong is added to `problems`, so that a person reads all of it at once. */
const durationOf = (args: Arguments, name: string, fallback: string, problems: string[]): number => {
  const text = args.text(name) ?? fallback;
  const ms = parseDuration(text);
  if (ms === null) problems.push(`--${name}: expected ${DURATION_FORM}, found "${text}"`);
  return ms ?? 0;
};

const sharesOf = (args: Arguments, problems: string[]): readonly number[] => {
  const text = args.text('shares');
  if (text === undefined) return DEFAULT_SHARES;
  const shares = text.split(',').map(Number);
  const rising = shares.every(
    (share, at) => Number.isInteger(share) && share > (at === 0 ? 0 : (shares[at - 1] ?? 0)) && share <= 100,
  );
  if (!rising || shares.at(-1) !== 100)
    problems.push(`--shares: expected whole numbers that rise to 100, such as 10,50,100, found "${text}"`);
  return shares;
};

const nameProblems = ({ twin, old }: MoveNames): string[] => {
  if (!SERVICE_NAME.test(twin))
    return [
      `--name: expected up to 128 letters, digits, hyphens and underscores, found "${twin}" of ${twin.length}`,
    ];
  return twin === old ? ['--name: expected another name than the old service has'] : [];
};

export const wantedOf = (kind: MoveKind, args: Arguments): Wanted => {
  const target = targetOf(args);
  const given = GOALS.filter((goal) => args.flag(goal));
  if (given.length > 1 || (given.length > 0 && args.flag('plan')))
    throw new UsageError('expected one of --plan, --step, --continue, --undo and --finish', {
      hint: `cutover ${kind} ${target.words} shows which one is next`,
    });
  const [cluster, old] = [nameOf(target.cluster), nameOf(target.service)];
  const names = moveNames(cluster, old, args.text('name') ?? twinNameOf(old), {
    group: kind === 'leave' ? (args.text('group') ?? null) : null,
    cloudMap: args.flag('cloud-map'),
    byDeployment: kind === 'adopt' && args.flag('by-deployment'),
  });
  const problems = nameProblems(names);
  const shares = sharesOf(args, problems);
  const bakeMs = durationOf(args, 'bake', DEFAULT_BAKE, problems);
  const timeoutMs = durationOf(args, 'timeout', DEFAULT_TIMEOUT, problems);
  const [only, ...others] = problems;
  if (only !== undefined)
    throw others.length === 0
      ? new UsageError(only)
      : new UsageError(`${problems.length} options are not as expected`, { problems });
  return {
    kind,
    target,
    shares,
    bakeMs,
    timeoutMs,
    alarms: args.texts('alarm'),
    goal: given[0] ?? null,
    plan: movePlan(kind, names, {
      shares,
      removeGroups: args.flag('remove-groups'),
      nativeRoleArn: kind === 'leave' ? (args.text('infrastructure-role') ?? null) : null,
    }),
  };
};
