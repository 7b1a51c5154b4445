import { decisionInWords } from '../../core/deployment/in-words.ts';
import { failureMessage } from '../../core/ending/failure.ts';
import { describeWriter } from '../../core/ending/writer.ts';
import { describeHook, shownHooks } from '../../core/hooks/evidence.ts';
import { claimed } from '../../core/operator/claimed.ts';
import type { ScalingStanding } from '../../core/scaling/standing.ts';
import type { Command } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { WriterAnswer } from '../../core/vocabulary/drift.types.ts';
import type { Outcome, RolledBack } from '../../core/vocabulary/ending.types.ts';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { ShownHook } from '../../core/vocabulary/hooks.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { ScalingEnd } from '../../core/vocabulary/scaling.types.ts';
import type { Traffic } from '../../core/vocabulary/state.types.ts';
import { contract, isStep, type StepName } from '../../statemachine/contract.ts';
import { lineOfStep } from '../../statemachine/step-line.ts';
import type { News, Slices, Snapshot } from './snapshot.ts';

/** One thing that happened, ready to be printed as a line or as a JSON event. */
export type Entry = { atMs: number; what: string; why: string } & (
  | { type: 'step'; state: string; bad: boolean }
  | { type: 'weights'; state: string; routes: { route: string; blue: number; green: number }[] }
  | { type: 'decision'; decision: Decision }
  | { type: 'failure'; state: string }
  /** A try that failed and may be repeated. */
  | { type: 'retry'; state: string }
  | { type: 'command'; command: Command }
  /** It began, or has its result. */
  | { type: 'hook'; hook: ShownHook }
  /** What was suspended of what scales the service, what others made of it, and how it ended. */
  | { type: 'scaling'; kind: ScalingStanding['kind'] | ScalingEnd['kind']; writer: WriterAnswer | null }
  | { type: 'recovery'; executionArn: string }
  | { type: 'warning'; finding: Finding }
  /** Only in a rehearsal: what was done to the world, or a command that was refused. */
  | { type: 'rehearsed'; label: 'fault' | 'operator' }
);

type FailedTry = Extract<News, { kind: 'failed' }>;
type Passed = Extract<News, { kind: 'entered' | 'left' }>;

/**
 * Turns what is new in an observation into sentences: the ones a rehearsal says, from the same results. A hold that
 * saw what the one before saw is not said again.
 */
export const makeTimeline = () => {
  let entered: Slices = {};
  let lastHold = '';
  let lastSaid = '';
  let lastFailed = '';
  let lastScaling = '';
  let execution: string | null = null;
  const shownCommands = new Set<string>();
  const shownRuns = new Set<string>();

  /** Retry repeats a step for up to an hour: why nothing moves is said once, and again when the reason changes. */
  const tried = ({ state, failure, atMs }: FailedTry): Entry[] => {
    const signature = `${state} ${failure.Error}`;
    if (signature === lastFailed) return [];
    lastFailed = signature;
    return [
      { type: 'retry', atMs, state, what: `${state} did not come through yet`, why: failureMessage(failure) },
    ];
  };

  const left = ({ state, slices, atMs }: Passed): Entry[] => {
    if (!isStep(state)) return [];
    if (JSON.stringify(slices.failure) !== JSON.stringify(entered.failure) && slices.failure !== undefined) {
      return [{ type: 'failure', atMs, state, what: `${state} failed`, why: failureMessage(slices.failure) }];
    }
    const result: unknown = slices[contract[state].slice];
    // It made way for hooks that are due, and has written nothing.
    if (result === undefined || JSON.stringify(slices.gate) !== JSON.stringify(entered.gate)) return [];
    if (state === 'JudgeHealth') return decided(result as Decision, atMs);
    const said = lineOfStep(state, result);
    // A detail that a reader cannot do anything with; what a wait is about is said until it changes.
    if (said === null || (said.detail === true && state === 'AttachGreen')) return [];
    // Counts in the sentence are news; those in its reason are mostly seconds that pass.
    const signature = `${said.what}${(said.why ?? '').replace(/\d+/g, '#')}`;
    const repeats = signature === lastSaid;
    lastSaid = signature;
    if (repeats) return [];
    const entry = { atMs, what: said.what, why: said.why ?? '', state };
    const routes = weightsIn(state, result);
    const step: Entry =
      routes === null
        ? { type: 'step', ...entry, bad: said.data.bad === true }
        : { type: 'weights', routes, ...entry };
    if (state === 'RecordOutcome') return [...scalingEnded(result as Outcome, atMs), step];
    return state === 'PlanDeployment' ? [step, ...warnings(result as Plan, atMs)] : [step];
  };

  const decided = (decision: Decision, atMs: number): Entry[] => {
    const { kind, reason, position, evidence } = decision;
    const waits = kind === 'hold' || kind === 'awaitOperator';
    const { observedAtMs: _time, ...seen } = evidence;
    const signature = waits ? JSON.stringify([kind, position, seen]) : '';
    const repeats = waits && signature === lastHold;
    lastHold = signature;
    return repeats ? [] : [{ type: 'decision', atMs, what: decisionInWords[kind], why: reason, decision }];
  };

  const commands = ({ record }: Snapshot): Entry[] =>
    (record?.commands ?? []).flatMap((command) => {
      if (shownCommands.has(command.id)) return [];
      shownCommands.add(command.id);
      const what = `${command.kind} by ${claimed(command.by)}`;
      return [{ type: 'command' as const, atMs: command.atMs, what, why: command.reason, command }];
    });

  /** That one began is said even where it is over by the first observation of it. */
  const hooks = ({ hookRuns }: Snapshot): Entry[] =>
    shownHooks(hookRuns).flatMap((hook) => {
      const { runId, startedAtMs, endedAtMs, reason } = hook;
      const say = (atMs: number, shown: ShownHook): Entry[] => {
        const key = `${runId} ${shown.status}`;
        if (shownRuns.has(key)) return [];
        shownRuns.add(key);
        const what = describeHook({ ...shown, reason: null });
        return [{ type: 'hook', atMs, what, why: shown.reason ?? '', hook: shown }];
      };
      const began = { ...hook, status: 'RUNNING' as const, endedAtMs: null, reason: null, answer: null };
      const ended = endedAtMs === null || reason === null ? [] : say(endedAtMs, hook);
      return [...say(startedAtMs, began), ...ended];
    });

  /** Said when it changes, and when it is known who changed it. */
  const scaling = ({ scaling: seen, nowMs }: Snapshot): Entry[] => {
    if (seen === undefined) return [];
    const { kind, line, writer } = seen;
    const why = writer === null ? '' : describeWriter(writer);
    const signature = `${line} ${why}`;
    const repeats = signature === lastScaling;
    lastScaling = signature;
    return repeats ? [] : [{ type: 'scaling', atMs: nowMs, what: line, why, kind, writer }];
  };

  return {
    entriesOf(snapshot: Snapshot): Entry[] {
      const entries = [...commands(snapshot), ...hooks(snapshot), ...scaling(snapshot)];
      if (execution !== null && execution !== snapshot.executionArn) {
        const atMs = snapshot.news[0]?.atMs ?? snapshot.nowMs;
        const what = 'a recovery has taken the deployment over';
        entries.push({ type: 'recovery', atMs, what, why: '', executionArn: snapshot.executionArn });
      }
      execution = snapshot.executionArn;
      for (const [index, news] of snapshot.news.entries()) {
        if (news.kind === 'entered') entered = news.slices;
        else if (news.kind === 'left') entries.push(...left(news));
        // The last try: the step's own failure says it, with where it leads.
        else if (snapshot.news[index + 1]?.kind !== 'left') entries.push(...tried(news));
      }
      return entries.sort((a, b) => a.atMs - b.atMs);
    },
  };
};

const scalingEnded = ({ scaling }: Outcome, atMs: number): Entry[] =>
  scaling === undefined
    ? []
    : [{ type: 'scaling', atMs, what: scaling.reason, why: '', kind: scaling.kind, writer: null }];

const warnings = (plan: Plan, atMs: number): Entry[] =>
  plan.warnings.map((finding) => ({
    type: 'warning',
    atMs,
    what: `${finding.id}: ${finding.message}`,
    why: finding.commands === undefined ? finding.fix : `${finding.fix} ${printedBy(plan)}`,
    finding,
  }));

/** A line of a log would break a command that is to be pasted. */
const printedBy = ({ cluster, service }: Plan): string =>
  `\`cutover preflight ${cluster}/${service}\` prints the commands.`;

const weightsIn = (state: StepName, result: unknown) => {
  if (state === 'ShiftTraffic') {
    const { routes } = result as Traffic;
    return routes.map(({ label, after }) => ({ route: label, ...after }));
  }
  if (state !== 'RollBack') return null;
  const { kind, routes } = result as RolledBack;
  if (kind !== 'restored') return null;
  return routes.map(({ label }) => ({ route: label, blue: 100, green: 0 }));
};
