import { SECOND_MS } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { isObject } from '../is-object.ts';
import type { HookAsk, HookExecution, HookReply, HookResult } from '../vocabulary/hooks.types.ts';
import { type HookAnswer, keptOf, readHookAnswer } from './answer.ts';

/** A function that asks to be called at once is not: each call is paid for. */
const LEAST_DELAY_MS = 5 * SECOND_MS;

/**
 * Of the time since the first call. A call takes 14 of the 25,000 events of an execution's history [fact 93, 95]: with
 * this a day takes 1,270 calls at most, whatever the function asks for.
 */
const ONE_IN = 240;

/**
 * Lambda ends a call after 15 minutes [fact 108]; Step Functions waits a little longer, so that Lambda's own error
 * comes.
 */
const LONGEST_CALL_MS = 905 * SECOND_MS;

/** What a call may take beyond the hook's deadline: one that began in time is not cut off at the very second. */
const GRACE_MS = 2 * SECOND_MS;

/** Until the function is called again, milliseconds; the last call is at the deadline. */
const pollDelayMs = (callBackDelayMs: number, { startedAtMs, deadlineMs }: Times, nowMs: number): number =>
  Math.min(
    Math.max(callBackDelayMs, LEAST_DELAY_MS, (nowMs - startedAtMs) / ONE_IN),
    Math.max(0, deadlineMs - nowMs),
  );

/** Calls of a run that lasts so long and is asked again as soon as it may be. */
export const mostCalls = (lastingMs: number): number => {
  let count = 1;
  for (let atMs = 0; atMs < lastingMs; count += 1) atMs += Math.max(LEAST_DELAY_MS, atMs / ONE_IN);
  return count;
};

type Times = Pick<HookExecution, 'startedAtMs' | 'deadlineMs'>;

const callTimeoutSeconds = ({ deadlineMs }: Pick<Times, 'deadlineMs'>, nowMs: number): number =>
  Math.ceil(Math.min(LONGEST_CALL_MS, Math.max(0, deadlineMs - nowMs) + GRACE_MS) / SECOND_MS);

export const firstAsk = (event: Record<string, unknown>, times: Times): HookAsk => ({
  kind: 'ask',
  event,
  waitSeconds: 0,
  timeoutSeconds: callTimeoutSeconds(times, times.startedAtMs),
  reason: '',
});

const timedOut = ({ startedAtMs, deadlineMs }: Times, endedAtMs: number, answer: string): HookResult => ({
  status: 'TIMED_OUT',
  reason: `it did not succeed within ${formatDuration(deadlineMs - startedAtMs)}`,
  answer,
  endedAtMs,
});

type Again = Extract<HookAnswer, { kind: 'again' }>;

/** Its own details overlaid by what it answered, as native ECS hands them back. */
const nextEvent = (event: Record<string, unknown>, { hookDetails }: Again): Record<string, unknown> => {
  if (hookDetails === null) return event;
  const before = isObject(event.hookDetails) ? event.hookDetails : {};
  return { ...event, hookDetails: { ...before, ...hookDetails } };
};

/** What an answer leads to: the run's result, or the next call. */
export const afterReply = (
  run: HookExecution,
  reply: HookReply,
  nowMs: number,
): { result: HookResult } | { ask: HookAsk } => {
  const { ask, deadlineMs } = run;
  const answer = readHookAnswer(reply);
  // Only a clear answer counts after the deadline has passed; a call that was cut off by it is late.
  const late = nowMs >= deadlineMs;
  if (late && (answer.kind === 'again' || ('Error' in reply && reply.Error === 'States.Timeout')))
    return { result: timedOut(run, nowMs, keptOf('Payload' in reply ? reply.Payload : '')) };
  if (answer.kind === 'final') {
    const { status, reason, answer: raw } = answer;
    return { result: { status, reason, ...(raw === undefined ? {} : { answer: raw }), endedAtMs: nowMs } };
  }
  const delayMs = pollDelayMs(answer.callBackDelayMs, run, nowMs);
  return {
    ask: {
      kind: 'ask',
      event: nextEvent(ask.event, answer),
      waitSeconds: Math.ceil(delayMs / SECOND_MS),
      timeoutSeconds: callTimeoutSeconds(run, nowMs + delayMs),
      reason: answer.reason,
    },
  };
};
