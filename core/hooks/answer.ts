import { SECOND_MS } from '../clock.ts';
import { isObject } from '../is-object.ts';
import type { HookReply, HookResult } from '../vocabulary/hooks.types.ts';

/** What a function's answer means. */
export type HookAnswer =
  | (Pick<HookResult, 'reason' | 'answer'> & { kind: 'final'; status: 'SUCCEEDED' | 'FAILED' })
  | {
      kind: 'again';
      callBackDelayMs: number;
      /** Merged into those of the next call; null: they stay. */
      hookDetails: Record<string, unknown> | null;
      reason: string;
    };

/** Native ECS's, when the answer has none. */
const DEFAULT_CALL_BACK_MS = 30 * SECOND_MS;

/** Of the raw answer, kept as evidence. */
const KEPT_CHARACTERS = 4_096;

/** The details travel in an execution's input, which holds 256 KB [fact 93]. */
const MOST_DETAILS_CHARACTERS = 32_768;

export const keptOf = (answer: unknown): string =>
  (typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? 'nothing')).slice(0, KEPT_CHARACTERS);

const failed = (reason: string, answer: string): HookAnswer => ({
  kind: 'final',
  status: 'FAILED',
  reason,
  answer,
});

/** Lambda's errors have their message in the Cause as JSON. */
const messageOf = (cause: string): string => {
  try {
    const parsed: unknown = JSON.parse(cause);
    return isObject(parsed) && typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
};

/** A sentence's worth of somebody else's text. */
const shown = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}...` : text);

/**
 * Native ECS's contract: `hookStatus` SUCCEEDED, FAILED or IN_PROGRESS, with `callBackDelay` seconds and
 * `hookDetails`. Whatever else comes is a failure, with the answer kept: a hook that nobody understands has approved
 * nothing.
 */
export const readHookAnswer = (reply: HookReply): HookAnswer => {
  if ('Error' in reply) {
    const { Error: error, Cause: cause } = reply;
    const reason =
      error === 'States.Timeout'
        ? 'the function did not answer in time'
        : `the function failed with ${error}: ${shown(messageOf(cause))}`;
    return failed(reason, keptOf(`${error}: ${cause}`));
  }
  const { Payload: payload } = reply;
  const answer = keptOf(payload);
  const fields = isObject(payload) ? payload : {};
  const { hookStatus, callBackDelay, hookDetails, reason } = fields;
  const given = typeof reason === 'string' && reason !== '' ? shown(reason) : null;
  switch (hookStatus) {
    case 'SUCCEEDED':
      return { kind: 'final', status: 'SUCCEEDED', reason: given ?? 'it answered SUCCEEDED', answer };
    case 'FAILED':
      return failed(given ?? 'it answered FAILED', answer);
    case 'IN_PROGRESS':
      return inProgress(callBackDelay, hookDetails, given, answer);
    default:
      return failed(
        `expected hookStatus SUCCEEDED, FAILED or IN_PROGRESS, found ${shown(keptOf(hookStatus ?? payload))}`,
        answer,
      );
  }
};

const inProgress = (
  callBackDelay: unknown,
  hookDetails: unknown,
  given: string | null,
  answer: string,
): HookAnswer => {
  if (hookDetails !== undefined && hookDetails !== null && !isObject(hookDetails))
    return failed(`expected hookDetails to be an object, found ${shown(keptOf(hookDetails))}`, answer);
  const details = isObject(hookDetails) ? hookDetails : null;
  if (details !== null && JSON.stringify(details).length > MOST_DETAILS_CHARACTERS)
    return failed(
      `expected hookDetails of at most ${MOST_DETAILS_CHARACTERS} characters, found more`,
      answer,
    );
  const seconds =
    typeof callBackDelay === 'number' && Number.isFinite(callBackDelay) ? callBackDelay : undefined;
  return {
    kind: 'again',
    callBackDelayMs: seconds === undefined ? DEFAULT_CALL_BACK_MS : seconds * SECOND_MS,
    hookDetails: details,
    reason: given ?? 'it answered IN_PROGRESS',
  };
};
