import { SECOND_MS } from '../../core/clock.ts';
import type { FailureCause } from '../../sim/parts.types.ts';
import { whyUnanswered } from '../../sim/traffic/group-answers.ts';
import type { Served } from '../served-traffic.ts';
import { addressOf } from './choose.ts';
import type { Destination } from './chooser.ts';
import type { Forwarded } from './forward.ts';

/** Why a request counts as failed; undefined: it does not. */
const causeOf = (forwarded: Forwarded, { target, failsOpen }: Destination): FailureCause | undefined => {
  switch (forwarded.kind) {
    case 'answered':
      if (!forwarded.complete) return whyUnanswered(target, failsOpen);
      return forwarded.status >= 500 ? 'versionError' : undefined;
    case 'clientLeft':
      return undefined;
    case 'refused':
    case 'timedOut':
      return whyUnanswered(target, failsOpen);
    default:
      return forwarded satisfies never;
  }
};

/** What each request that reached a rule with target groups is counted as. */
export const makeRecorder = (record: (served: Served) => void) => {
  const sent = (to: Destination, startedAt: number, forwarded: Forwarded): void =>
    record({
      targetGroupArn: to.targetGroupArn,
      target: addressOf(to.target),
      status: forwarded.kind === 'answered' ? forwarded.status : undefined,
      seconds: (performance.now() - startedAt) / SECOND_MS,
      cause: causeOf(forwarded, to),
    });
  const nobody = (targetGroupArn: string | undefined): void =>
    record({ targetGroupArn, target: undefined, status: undefined, seconds: 0, cause: 'emptyGroup' });
  return { sent, nobody };
};
