import type { FailureCause, RunningApp } from '../parts.types.ts';

/** What the flow needs to know of a target. */
export type Member = { state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining'; app: RunningApp };

/** What becomes of a request sent to a target group, on average; all shares of 1. */
export type Answers = {
  failed: Partial<Record<FailureCause, number>>;
  /** The balancer found a target to send it to. */
  reached: number;
  /** The target answered, with whatever status. */
  answered: number;
  /** The client left before an answer: 460 of the balancer, and no error of anybody. Absent: none did. */
  left?: number;
  target5xx: number;
  /** Answered 2xx, and wrongly; absent: nobody knows. */
  wrong?: number;
  taskDefinitionArn?: string | undefined;
  /** Mean over answered requests, milliseconds. */
  responseMs: number;
  /** By chance, as somebody's version does. */
  varies: boolean;
};

const NOBODY: Answers = {
  failed: { emptyGroup: 1 },
  reached: 0,
  answered: 0,
  target5xx: 0,
  responseMs: 0,
  varies: false,
};

const isListening = (app: RunningApp, nowMs: number): boolean => !app.gone() && nowMs >= app.listensFromMs;

/** Why a request that was sent to this target got no answer. */
export const whyUnanswered = ({ app }: Member, failsOpen: boolean): FailureCause => {
  if (failsOpen) return 'sickTarget';
  return app.gone() && app.goneBecause?.() === 'stopped' ? 'stoppedBeforeDrained' : 'deadTarget';
};

/**
 * The targets that a group's new requests go to: the healthy ones; all registered ones when none is healthy, because
 * the balancer fails open; nobody when none is registered [fact 81]. Draining targets get no new requests.
 */
export const takersOf = <Each extends Pick<Member, 'state'>>(
  members: readonly Each[],
): { takers: Each[]; failsOpen: boolean } => {
  const registered = members.filter(({ state }) => state !== 'draining');
  const healthy = registered.filter(({ state }) => state === 'healthy');
  return healthy.length > 0
    ? { takers: healthy, failsOpen: false }
    : { takers: registered, failsOpen: registered.length > 0 };
};

/** Targets that requests go to and that answer them, with whatever status. */
export const listeningOf = (members: readonly Member[], nowMs: number): number =>
  takersOf(members).takers.filter(({ app }) => isListening(app, nowMs)).length;

/** Targets that requests go to and that answer them without an error, each counted by the share that it answers so. */
export const answeringOf = (members: readonly Member[], nowMs: number): number =>
  takersOf(members)
    .takers.filter(({ app }) => isListening(app, nowMs))
    .reduce((sum, { app }) => sum + 1 - app.behaviour.errorShare(nowMs - app.listensFromMs, 0, nowMs), 0);

/**
 * How a target group answers: equally over its healthy targets; over all registered ones when none is healthy (the
 * balancer fails open) and the balancer's own 503 when none is registered [fact 81]. Draining targets get no new
 * requests.
 */
export const answersOf = (members: readonly Member[], requestsPerSecond: number, nowMs: number): Answers => {
  const { takers: chosen, failsOpen } = takersOf(members);
  if (chosen.length === 0) return NOBODY;

  const share = 1 / chosen.length;
  const failed: Partial<Record<FailureCause, number>> = {};
  const fail = (cause: FailureCause, by: number): void => {
    if (by > 0) failed[cause] = (failed[cause] ?? 0) + by;
  };
  let answered = 0;
  let target5xx = 0;
  let wrong = 0;
  let responseMs = 0;
  for (const member of chosen) {
    const { app } = member;
    if (!isListening(app, nowMs)) {
      fail(whyUnanswered(member, failsOpen), share);
      continue;
    }
    const sinceMs = nowMs - app.listensFromMs;
    const errors = app.behaviour.errorShare(sinceMs, requestsPerSecond * share, nowMs) * share;
    fail('versionError', errors);
    answered += share;
    target5xx += errors;
    wrong += (app.behaviour.wrongShare ?? 0) * (share - errors);
    responseMs += app.behaviour.responseMs(sinceMs, requestsPerSecond * share) * share;
  }
  return {
    failed,
    reached: 1,
    answered,
    target5xx,
    wrong,
    taskDefinitionArn: chosen[0]?.app.taskDefinitionArn,
    responseMs: answered === 0 ? 0 : responseMs / answered,
    varies: chosen.some(({ app }) => app.behaviour.varies === true),
  };
};
