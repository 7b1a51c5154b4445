import type { Answer } from '../../aws/probe.ts';
import type { Settled } from './assumption.types.ts';

/** What answers mean, each pure. */

export const settled = (holds: boolean, found: string): Settled => ({
  kind: holds ? 'holds' : 'differs',
  found,
});
export const unsettled = (found: string): Settled => ({ kind: 'unsettled', found });

type Counted = {
  computedDesiredCount?: number | undefined;
  scale?: { value?: number | undefined } | undefined;
};

export const countsRoundUp = (desiredCount: number, set: Counted): Settled => {
  const expected = Math.ceil((desiredCount * (set.scale?.value ?? 0)) / 100);
  return settled(
    set.computedDesiredCount === expected,
    `${set.computedDesiredCount ?? 'no'} computed of ${desiredCount} desired at ` +
      `${set.scale?.value ?? 'no'} %, expected ${expected}`,
  );
};

/** A refusal is what was expected. */
export const refused = (answer: Answer<unknown>): Settled =>
  settled(!answer.ok, answer.ok ? 'it was accepted' : answer.refusal);

const TASK = /^TaskStateEntered$/;
const PLAIN = /^(Choice|Wait|Pass|Succeed)StateEntered$/;
/** A bake that ends by its timeout is no failure. */
const RETRIED = /^LambdaFunction\w*(Failed|TimedOut)$|^TaskFailed$/;
const OF_A_TOKEN = /^TaskSubmitted$/;

/**
 * Events of an execution without retries: five for a Lambda task, six for a token, two for another state, two for the
 * execution. Succeed's end counts as one of its two.
 */
export const eventsPerVisit = (types: readonly string[]): Settled => {
  const count = (pattern: RegExp) => types.filter((type) => pattern.test(type)).length;
  if (types.some((type) => RETRIED.test(type))) {
    return unsettled('the newest execution that succeeded had retries; ask again after another deployment');
  }
  const tokens = count(OF_A_TOKEN);
  const expected = 2 + (count(TASK) - tokens) * 5 + tokens * 6 + count(PLAIN) * 2;
  return settled(types.length <= expected, `${types.length} events, expected at most ${expected}`);
};

export const scalesFreely = (reasons: readonly string[]): Settled => {
  const heldBack = reasons.filter((reason) => reason === 'TargetServicePutResourceAsUnscalable');
  if (heldBack.length > 0) return settled(false, `held back ${heldBack.length} times (${heldBack[0]})`);
  return unsettled('no activity was held back; ask again after scaling in while two task sets stand');
};
