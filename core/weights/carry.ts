import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type {
  AnsweredMinute,
  Answers,
  ColourCount,
  PlacementMemory,
  Shares,
  Spell,
} from '../vocabulary/placement.types.ts';
import type { LoadBalancerKind, Weights } from '../vocabulary/plan.types.ts';
import type { CarryPolicy } from '../vocabulary/request.types.ts';

/**
 * How much of its share a task may take over from tasks that are gone. A service is commonly run at about 60 % of
 * what it can do, and at 2/3 healthy, which Amazon's own deployments keep (Builders' Library) [fact 138], this is all
 * of the traffic.
 */
export const HEADROOM = 1.5;

/** A minute with fewer requests proves nothing. */
const EVIDENCE_REQUESTS = 50;
/** Green that answers no more than this is as good as nobody; one that answers this much needs no comparison. */
const LOST_SHARE = 0.1;
const SOUND_SHARE = 0.95;
/** A green without metrics is taken for one that answers this much. */
const UNKNOWN_SHARE = 0.9;
/** Blue has to answer worse than green by more than this to count as dead. */
const MARGIN = 0.1;
/**
 * What blue keeps while nobody knows whether it answers, in percent, and the requests both groups need for a trial to
 * tell.
 */
export const TRIAL_PCT = 10;
const TRIAL_REQUESTS = 500;
/** CloudWatch shows a minute about 90 s after its end: two whole minutes and that. */
const EVIDENCE_LIMIT_MS = 300 * SECOND_MS;
/** A verdict outlives its spell by as long as the longest calm time, so that flapping does not ask again each time. */
const VERDICT_KEPT_MS = 15 * MINUTE_MS;

/** A minute that began this long before a loss was seen may still show the healthy group: two checks of ten seconds. */
export const HEALTH_CHECK_MS = 20 * SECOND_MS;

export const NO_MEMORY: PlacementMemory = Object.freeze({
  lostGreen: null,
  gone: Object.freeze({ blue: false, green: false }),
  spell: null,
  calm: Object.freeze({ blue: null, green: null }),
  movedAtMs: [],
});

export type CarryInput = {
  policy: CarryPolicy;
  loadBalancerKind: LoadBalancerKind;
  /** Null: it could not be read. */
  blue: ColourCount | null;
  green: ColourCount | null;
  /** Tasks that the service needs: its desired count, not that of a task set. */
  needed: number;
  /** What the phase wants, and what the routes have; null when they differ among themselves or are no split. */
  want: Weights;
  current: Weights | null;
  answers: Answers;
  /** How long the load balancer takes to notice that a target fails: interval times threshold. */
  healthCheckMs: number;
  /** `abort --now`: green does harm, so one healthy target of blue is enough for everything. */
  abortNow: boolean;
  memory: PlacementMemory;
  nowMs: number;
};

export type ColourKind = 'alive' | 'unwell' | 'gone' | 'unread';

const kindOf = (count: ColourCount | null, wasGone: boolean): ColourKind => {
  if (count === null) return 'unread';
  if (count.healthy > 0) return 'alive';
  return count.running === 0 || count.registered === 0 || wasGone ? 'gone' : 'unwell';
};

export const kindsOf = ({ blue, green, memory }: Pick<CarryInput, 'blue' | 'green' | 'memory'>) => ({
  blue: kindOf(blue, memory.gone.blue),
  green: kindOf(green, memory.gone.green),
});

const shareOf = ({ requests, answered }: AnsweredMinute): number => Math.min(1, answered / requests);

const telling = (minutes: AnsweredMinute[]): AnsweredMinute[] =>
  minutes.filter(({ requests }) => requests >= EVIDENCE_REQUESTS);

const lastShare = (minutes: AnsweredMinute[]): number | null => {
  const last = telling(minutes).at(-1);
  return last === undefined ? null : shareOf(last);
};

/** The first minute that shows the group as it has been since the loss, which the health checks noticed late. */
const minuteSince = (minutes: AnsweredMinute[], seenAtMs: number, healthCheckMs: number) =>
  telling(minutes).find(({ startMs }) => startMs >= seenAtMs - healthCheckMs);

/**
 * Whether how the colours answer could change where users belong. While blue carries all of them, and once green is
 * known to answer nobody, it could not; a network load balancer has no such metrics. CloudWatch takes money for each
 * read.
 */
export const asksForAnswers = ({
  policy,
  loadBalancerKind,
  blue,
  needed,
  memory,
}: Pick<CarryInput, 'policy' | 'loadBalancerKind' | 'blue' | 'needed' | 'memory'>): boolean =>
  policy !== 'off' &&
  loadBalancerKind === 'application' &&
  blue !== null &&
  shareOfTasks(blue.healthy, wholeAt(memory, 'blue', needed)) < 1 &&
  memory.lostGreen === null;

/** What this observation adds to what is known: green that is lost, tasks that are gone, and blue's spell. */
export const learn = (input: CarryInput): PlacementMemory => {
  const { memory, answers } = input;
  const kinds = kindsOf(input);
  // An unread colour stays what it was.
  const gone = (kind: ColourKind, before: boolean) => (kind === 'unread' ? before : kind === 'gone');
  const lost = telling(answers.green).find((minute) => shareOf(minute) <= LOST_SHARE);
  const learned = {
    ...memory,
    lostGreen: memory.lostGreen ?? lost ?? null,
    gone: { blue: gone(kinds.blue, memory.gone.blue), green: gone(kinds.green, memory.gone.green) },
  };
  const shares = sharesOf(input);
  const known = shares === undefined ? learned : { ...learned, shares };
  return { ...known, spell: spellOf({ ...input, memory: known }) };
};

/**
 * Only what a colour has had can it lose. New tasks of a scale-out count from the moment they are healthy; an unread
 * colour keeps its number.
 */
const sharesOf = ({ memory: { shares }, needed, blue, green }: CarryInput): Shares | undefined => {
  if (needed < 1) return shares;
  const of = (before: number, count: ColourCount | null): number =>
    Math.min(needed, Math.max(before, count?.healthy ?? 0));
  return {
    needed,
    blue: of(shares?.blue ?? needed, blue),
    green: of(shares?.green ?? needed, green),
  };
};

const spellOf = (input: CarryInput): Spell | null => {
  const { memory, green, nowMs } = input;
  const { spell } = memory;
  const kinds = kindsOf(input);
  if (kinds.blue === 'unread') return spell;
  if (kinds.blue !== 'unwell') {
    const ended = spell === null ? null : { ...spell, overAtMs: spell.overAtMs ?? nowMs };
    return ended === null || nowMs - ended.overAtMs > VERDICT_KEPT_MS ? null : ended;
  }

  const begun = begunSpell(spell, nowMs);
  if (begun.verdict !== null) return begun;
  // With nobody better to go to there is nothing to compare with, and no hurry to find out.
  if (green === null || green.healthy === 0) return begun;
  const verdict = verdictOf(begun, input);
  // Nobody asks it while the routes give it nobody: frozen, in its calm minute, or where the plan wants it so.
  const asked = (input.current?.blue ?? 0) > 0 ? nowMs : null;
  return { ...begun, verdict, trialAtMs: begun.trialAtMs ?? asked };
};

/** The one that lasts, or a new one, which inherits the verdict of one that ended a short while ago. */
const begunSpell = (spell: Spell | null, nowMs: number): Spell => {
  if (spell?.overAtMs === null) return spell;
  const kept = spell !== null && nowMs - spell.overAtMs <= VERDICT_KEPT_MS;
  return { seenAtMs: nowMs, overAtMs: null, trialAtMs: null, verdict: kept ? spell.verdict : null };
};

const verdictOf = (spell: Spell, input: CarryInput): Spell['verdict'] => {
  const { answers, healthCheckMs, loadBalancerKind, nowMs } = input;
  const minute = minuteSince(answers.blue, spell.seenAtMs, healthCheckMs);
  const green = lastShare(answers.green);
  if (minute !== undefined) {
    return shareOf(minute) < (green ?? UNKNOWN_SHARE) - MARGIN ? 'dead' : 'answers';
  }
  if (loadBalancerKind === 'network' || (green ?? 0) >= SOUND_SHARE || tooFewRequests(input)) return null;
  return spell.trialAtMs !== null && nowMs - spell.trialAtMs >= EVIDENCE_LIMIT_MS ? 'dead' : null;
};

/** Both groups together in the last minute that either has. Unknown is few: then a trial would show nothing. */
const tooFewRequests = ({ answers }: CarryInput): boolean => {
  const last = Math.max(answers.blue.at(-1)?.startMs ?? 0, answers.green.at(-1)?.startMs ?? 0);
  const requests = [...answers.blue, ...answers.green]
    .filter(({ startMs }) => startMs === last)
    .reduce((sum, minute) => sum + minute.requests, 0);
  return requests < TRIAL_REQUESTS;
};

export type Carry = {
  /** Share of all requests that each colour can answer, 0 to 1. */
  blue: number;
  green: number;
  /** Blue keeps or gets a few users so that their answers show whether it is dead. */
  trial: boolean;
  /** Neither colour has a healthy target: the weights to go to, whatever the shares; null: stay. */
  instead?: Weights | null;
};

/** What each colour carries, after `learn`. Unread colours carry what they have: nothing moves on account of them. */
export const carryOf = (input: CarryInput): Carry => {
  const { memory, policy, blue, green, current, want, abortNow } = input;
  const kinds = kindsOf(input);
  const has = (colour: 'blue' | 'green') => (current ?? want)[colour] / 100;
  const shareIn = (colour: 'blue' | 'green') => (tasks: number) =>
    policy === 'deadOnly' ? 1 : shareOfTasks(tasks, wholeAt(memory, colour, input.needed));
  const [ofBlue, ofGreen] = [shareIn('blue'), shareIn('green')];

  if (memory.lostGreen !== null && blue !== null) {
    // The version that answers nobody is worse than a blue of which anything runs; nobody else is there otherwise.
    if (blue.running === 0 || memory.gone.blue) return { blue: 0, green: 0, trial: false, instead: null };
    return {
      blue: kinds.blue === 'alive' ? ofBlue(blue.healthy) : 0,
      green: 0,
      trial: false,
      instead: ALL_TO_BLUE,
    };
  }
  if (kinds.blue !== 'alive' && kinds.green !== 'alive' && blue !== null && green !== null) {
    return { blue: 0, green: 0, trial: false, instead: neitherIsHealthy(input) };
  }
  const greenCarries = green === null ? has('green') : kinds.green === 'alive' ? ofGreen(green.healthy) : 0;
  if (blue === null) return { blue: has('blue'), green: greenCarries, trial: false };
  if (kinds.blue === 'alive') {
    return { blue: abortNow ? 1 : ofBlue(blue.healthy), green: greenCarries, trial: false };
  }
  if (kinds.blue === 'gone') return { blue: 0, green: greenCarries, trial: false };
  return { ...unwellBlue(input, blue, ofBlue), green: greenCarries };
};

const ALL_TO_BLUE: Weights = { blue: 100, green: 0 };
const ALL_TO_GREEN: Weights = { blue: 0, green: 100 };

/** Tasks that make the colour whole. */
const wholeAt = ({ shares }: PlacementMemory, colour: 'blue' | 'green', needed: number): number =>
  Math.min(needed, shares?.[colour] ?? needed);

/** The share of all requests, 0 to 1, that so many healthy tasks answer. */
export const shareOfTasks = (tasks: number, needed: number): number =>
  needed < 1 ? 1 : Math.min(1, (HEADROOM * tasks) / needed);

/** The fewest tasks that answer such a share. */
export const tasksOfShare = (share: number, needed: number): number =>
  Math.ceil((share * needed) / HEADROOM - 1e-6);

/** All of blue's targets fail their checks although its tasks run: a trial finds out, where requests can tell. */
const unwellBlue = (
  input: CarryInput,
  blue: ColourCount,
  whole: (tasks: number) => number,
): Pick<Carry, 'blue' | 'trial'> => {
  const { memory, want, answers, loadBalancerKind } = input;
  const verdict = memory.spell?.verdict ?? null;
  if (verdict === 'answers') return { blue: whole(blue.running), trial: false };
  const tells =
    loadBalancerKind === 'application' &&
    !blue.unchecked &&
    (lastShare(answers.green) ?? 0) < SOUND_SHARE &&
    !tooFewRequests(input);
  if (verdict === 'dead' || !tells) return { blue: 0, trial: false };
  return { blue: Math.min(TRIAL_PCT, want.blue) / 100, trial: true };
};

/** Where only one of them runs there; where both do, where the phase wants unless their answers differ; null: stay. */
const neitherIsHealthy = (input: CarryInput): Weights | null => {
  const kinds = kindsOf(input);
  // A service that wants no tasks has nobody who could answer, and nobody to wait for.
  if (kinds.blue === 'gone' && kinds.green === 'gone') return input.needed < 1 ? input.want : null;
  if (kinds.blue === 'gone') return ALL_TO_GREEN;
  if (kinds.green === 'gone') return ALL_TO_BLUE;
  const { answers, memory, healthCheckMs, want, nowMs } = input;
  const since = memory.spell?.seenAtMs ?? nowMs;
  const blue = minuteSince(answers.blue, since, healthCheckMs);
  const green = minuteSince(answers.green, since, healthCheckMs);
  if (blue === undefined || green === undefined) return want;
  const ahead = shareOf(green) - shareOf(blue);
  if (Math.abs(ahead) <= MARGIN) return want;
  return ahead > 0 ? ALL_TO_GREEN : ALL_TO_BLUE;
};
