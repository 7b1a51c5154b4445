import { isObject } from '../is-object.ts';
import type { Failure } from '../vocabulary/state.types.ts';

/**
 * Preflight lists everything it found; this much of it fits a record, an event and a `Fail`'s cause (32,768) [fact
 * 93].
 */
const MAX_LENGTH = 8_000;

/** What Step Functions' own error names mean to somebody who has to act on them. */
const meanings: Record<string, string> = {
  'States.Timeout': 'a step did not answer in time',
  'States.TaskFailed': 'a step failed',
  'States.Permissions': 'the state machine may not call a step: its IAM role lacks a permission',
  'Lambda.Unknown': 'a Lambda function ended without an answer, out of memory or out of time',
  'Runtime.Unknown': 'a Lambda function ended without an answer, for a reason that Lambda does not know',
  'Runtime.ExitError': "a Lambda function's process exited",
  'Runtime.OutOfMemory': 'a Lambda function ran out of memory',
  'Sandbox.Timedout': 'a Lambda function did not answer in time',
  'Sandbox.Failure': "a Lambda function's sandbox failed",
  'Extension.Crash': 'an extension of a Lambda function crashed',
  'Lambda.TooManyRequestsException': 'Lambda throttled a step: the account has no free concurrency',
};

/**
 * What a Catch left, as a sentence for people: the message of the error that a step threw, never raw JSON and never
 * a stack trace. Errors of ours speak for themselves; others are named.
 */
export const failureMessage = (failure: Failure): string => {
  const thrown = thrownBy(failure.Cause);
  const message = clean(thrown?.errorMessage ?? failure.Cause);
  const meaning = meanings[failure.Error];

  if (meaning !== undefined)
    return message === '' ? `${meaning} (${failure.Error})` : `${meaning}: ${message}`;
  if (message === '') return `a step failed with ${failure.Error} and gave no reason`;
  return /^(Error|[A-Z]\w*Error|[A-Z]\w*Exception|States\.\w+|Lambda\.\w+|Sandbox\.\w+)$/.test(failure.Error)
    ? `${failure.Error}: ${message}`
    : message;
};

/** A Lambda's Cause is `{"errorMessage", "errorType", "trace"}`, sometimes at the end of a sentence of Lambda's own. */
const thrownBy = (cause: string): { errorMessage: string } | null => {
  const start = cause.indexOf('{');
  if (start < 0) return null;
  try {
    const parsed: unknown = JSON.parse(cause.slice(start));
    return isObject(parsed) && typeof parsed.errorMessage === 'string'
      ? { errorMessage: parsed.errorMessage }
      : null;
  } catch {
    return null;
  }
};

const clean = (text: string): string => {
  const lines = text.split('\n').filter((line) => !/^\s+at .+/.test(line));
  const kept = lines.join('\n').trim();
  return kept.length > MAX_LENGTH ? `${kept.slice(0, MAX_LENGTH)}...` : kept;
};

/** Enough to tell one failure from another; a Cause may be as long as the rest of the state together. */
export const failureId = (failure: Failure | undefined): string | null =>
  failure === undefined ? null : `${failure.Error}: ${failure.Cause.slice(0, 200)}`;
