import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { suspends } from '../../core/scaling/planned.ts';
import { type ScalingStanding, scalingStanding } from '../../core/scaling/standing.ts';
import type { WriterAnswer } from '../../core/vocabulary/drift.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { askWho } from '../../functions/name-the-writer.ts';
import type { Verbs } from '../account/account.ts';

/** How a deployment's suspension stands, and who changed it; null answer: nobody can be asked, or nobody did. */
export type ScalingSeen = ScalingStanding & { writer: WriterAnswer | null };

/** Nobody waits for a change of it, and the account's rates are shared. */
const READ_EVERY_MS = 30 * SECOND_MS;
/** CloudTrail takes two lookups a second of the whole account, and has an event after minutes. */
const ASK_EVERY_MS = 2 * MINUTE_MS;

type At = {
  plan: Plan | null;
  /** From the suspension on; absent: it may not have come yet. */
  attachedAtMs: number | undefined;
  /** The deployment is at its end, and may have restored it. */
  ending: boolean;
  nowMs: number;
};

/** Reads it with the permissions of the one who watches; who may not, or gets no answer, sees everything else. */
export const makeScalingWatch = () => {
  let seen: ScalingSeen | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const whoChanged = async (
    standing: ScalingStanding,
    resourceId: string,
    { attachedAtMs = 0, nowMs }: At,
    { writers }: Pick<Verbs, 'writers'>,
  ): Promise<WriterAnswer | null> => {
    if (standing.kind === 'asSet' || writers === undefined) return null;
    const known = seen?.kind === standing.kind ? seen.writer : null;
    if (known?.answer === 'named' || nowMs - askedAtMs < ASK_EVERY_MS) return known;
    askedAtMs = nowMs;
    return askWho(
      { of: 'scaling', resources: [resourceId], afterMs: attachedAtMs, foundAtMs: nowMs },
      writers,
    );
  };

  return async (at: At, verbs: Pick<Verbs, 'suspension' | 'writers'>): Promise<ScalingSeen | null> => {
    const scaling = at.plan?.scaling;
    if (!suspends(scaling) || verbs.suspension === undefined) return null;
    if (at.nowMs - readAtMs < READ_EVERY_MS) return seen;
    readAtMs = at.nowMs;
    try {
      const found = await verbs.suspension.readSuspended(scaling.resourceId);
      const maybeOurs = at.attachedAtMs === undefined || at.ending;
      const standing = scalingStanding(scaling, found, { maybeOurs });
      if (standing === null || (standing.kind === 'gone' && maybeOurs)) seen = null;
      else seen = { ...standing, writer: await whoChanged(standing, scaling.resourceId, at, verbs) };
    } catch (error) {
      if (!isDeploymentError(error)) throw error;
      seen = null;
    }
    return seen;
  };
};
