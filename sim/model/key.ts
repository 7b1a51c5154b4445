import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Decision, Traffic } from '../../core/state.types.ts';
import type { ModelExecution, ModelRecord, ModelState } from './model.types.ts';
import { type Phase, phaseOf } from './phase.ts';
import { DEPLOYMENT, START_MS } from './the-service.ts';
import { STRETCH_FROM_MS } from './workflow.ts';

/**
 * Two states are the same when nothing that the deployment still decides can tell them apart. Times count by their
 * age, up to where no limit is left to pass, and by their order; sentences, and what only earlier steps read, do not.
 */

/** From this age on a time of that name is only old: the longest limit that reads it, and a little more. */
const OLD_MS: Record<string, number> = {
  acquiredAtMs: 25 * HOUR_MS,
  healthySinceMs: MINUTE_MS,
  unknownSinceMs: 5 * MINUTE_MS,
  startedAtMs: 49 * HOUR_MS,
  recoveredAtMs: 7 * HOUR_MS,
  waiterSeenMs: 16 * MINUTE_MS,
};

/** Those that later phases read less of, or not at all. */
const oldMs = (name: string, phase: Phase): number | undefined => {
  switch (name) {
    case 'nowMs':
    case 'promotedAtMs':
    case 'endedAtMs':
      return 0;
    case 'createdAtMs':
    case 'launchedAtMs':
      return phase === 'starting' ? 5 * MINUTE_MS : 0;
    case 'shiftedAtMs':
      return phase === 'baking' ? 26 * HOUR_MS : 2 * MINUTE_MS;
    default:
      return OLD_MS[name];
  }
};

/** What only people read, and what is the same in every state. */
const UNREAD = new Set([
  'reason',
  'because',
  'plan',
  'request',
  'taskToken',
  'runningCount',
  'checkFailure',
  'Cause',
  'startedAt',
]);

export const keyOf = (state: ModelState): string => {
  const phase = phaseOf(state);
  const shown = essence(state, phase);
  const times = new Set<number>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'number' && oldMs(name, phase) !== undefined) times.add(member);
      else if (!UNREAD.has(name)) collect(member);
    }
  };
  collect(shown);
  const order = new Map([...times].sort((a, b) => a - b).map((time, rank) => [time, rank]));

  const text = JSON.stringify(shown, (name, value: unknown) => {
    if (UNREAD.has(name)) return undefined;
    if (typeof value !== 'number') return value;
    const limitMs = oldMs(name, phase);
    if (limitMs !== undefined) {
      const age = state.nowMs - value;
      return age >= limitMs ? 'old' : `${age}/${order.get(value)}`;
    }
    // Instants that lie ahead.
    return name.endsWith('Ms') && value >= START_MS ? value - state.nowMs : value;
  });
  return createHash('sha1').update(text).digest('base64');
};

const essence = (state: ModelState, phase: Phase): unknown => {
  const last = state.executions.at(-1);
  const known = state.executions.map(({ arn }) => arn);
  const alias = (arn: string | undefined) =>
    arn === undefined ? undefined : known.length - known.indexOf(arn);
  const { record, lease, late } = state;
  const judged = phase !== 'ending';
  return {
    ...state,
    alarm: judged ? state.alarm : null,
    eventDue: judged && state.eventDue,
    lease: {
      ...lease,
      acquiredAtMs: lease.holder === DEPLOYMENT ? null : lease.acquiredAtMs,
      executionArn: alias(lease.executionArn),
      recoveries: Math.min(lease.recoveries, 11),
    },
    record: record === null ? null : essenceOfRecord(record, last, state.nowMs),
    late:
      late === null
        ? null
        : {
            step: late.step,
            dueByMs: late.dueByMs,
            executionArn: alias(late.executionArn),
            answers: late.answers.length,
            input: sliced(late.input, 'baking'),
          },
    execution:
      last === undefined || last.status === 'ENDED'
        ? null
        : { ...last, arn: null, name: null, loop: loopOf(state, last), input: sliced(last.input, phase) },
    executions: null,
  };
};

/** How long a loop lasts counts once that makes its waits longer, and in a freeze, where nothing else tells two looks apart. */
const loopOf = ({ nowMs, record }: ModelState, { loop }: ModelExecution): unknown => {
  const frozen = record?.commands.some(({ kind }) => kind === 'freeze') === true;
  if (loop === null || (!frozen && nowMs - loop.sinceMs < STRETCH_FROM_MS)) return null;
  return { at: loop.at, lastedMs: nowMs - loop.sinceMs };
};

const slicesOf = (execution: ModelExecution | undefined) =>
  (execution?.input ?? {}) as { traffic?: Traffic; decision?: Decision };

const essenceOfRecord = (
  record: ModelRecord,
  execution: ModelExecution | undefined,
  nowMs: number,
): unknown => {
  const { traffic, decision } = slicesOf(execution);
  const observedAtMs = decision?.evidence.observedAtMs ?? 0;
  return {
    planned: record.plan === null ? null : record.plan.alarms.ignoredUntilOk,
    outcome: record.outcome?.kind ?? null,
    hasToken: record.taskToken !== null,
    position: record.position,
    signalled: record.lastSignal !== null && record.lastSignal.atMs >= observedAtMs,
    commands: record.commands.map(({ kind, atMs }) => ({
      kind,
      forThisShift: atMs >= (traffic?.shiftedAtMs ?? 0),
      // In days, for their limit of a month; shorter waits are told apart by the loop they wait in.
      days: kind === 'freeze' || kind === 'pause' ? Math.min(31, Math.floor((nowMs - atMs) / DAY_MS)) : 0,
    })),
  };
};

const sliced = (input: unknown, phase: Phase): unknown => {
  const {
    lease,
    decision,
    failure,
    rolledBack,
    ready,
    green,
    traffic,
    attached,
    wake,
    promoted,
    outcome,
    ...rest
  } = input as Record<string, Record<string, unknown> | undefined>;
  return {
    ...rest,
    execution: null,
    ready: phase === 'starting' ? ready : null,
    green: green && { ...green, taskSetArn: null },
    traffic: traffic && { ...traffic, routes: phase === 'baking' ? traffic.routes : null },
    // Only whether it was an abort is asked.
    failure: failure?.Error === 'Aborted',
    rolledBack: rolledBack && { ...rolledBack, routes: null },
    lease: lease && { kind: lease.kind, acquiredAtMs: lease.kind === 'waiting' ? lease.acquiredAtMs : null },
    decision: decision && phase === 'baking' ? { ...decision, evidence: counts(decision.evidence) } : null,
  };
};

const counts = (evidence: unknown): unknown => {
  const { blue, green } = evidence as Record<string, unknown>;
  return { blue, green };
};
