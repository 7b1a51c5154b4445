import type { ApiCall, MoveObservation, ReadRoute } from '../../core/adoption/adoption.types.ts';
import { shareIn } from '../../core/adoption/roles.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { settleMs } from '../../core/weights/propagation.ts';
import type { MoveEnd, MoveSeams } from './run-move.types.ts';

/** Reads may show what was before a write for some seconds; the same call again would be refused or do nothing. */
const LAG_MS = 5 * SECOND_MS;

/** A call whose effect a late read hides is made twice at most. */
const MOST_TIMES = 5;

/** Of a route, who gets how much: a group alone gets all, whatever its weight. */
const sharesOf = (route: Pick<ReadRoute, 'groups'>): string =>
  route.groups
    .flatMap(({ targetGroupArn: arn }) => {
      const share = Math.round(shareIn(route, arn));
      return share === 0 ? [] : [`${arn.split('/')[1] ?? arn} ${share} %`];
    })
    .sort()
    .join(', ');

/**
 * What one process of a move has written: so it knows another writer, a read that lags, and for how long the load
 * balancer may still follow weights that were.
 */
export const makeOwnWrites = ({ clock, perform }: Pick<MoveSeams, 'clock' | 'perform'>) => {
  const routes = new Map<string, { shares: string; atMs: number }>();
  // A command that ended a moment ago may have written a route.
  const beganMs = clock.nowMs();
  let routesChangedMs = beganMs;
  let seen = '';
  let last = { what: '', atMs: 0, times: 0 };
  let failed = '';

  return {
    /** False: it was refused for what somebody else did, or an answer was lost; what is there now decides. */
    async perform(call: ApiCall, what: string): Promise<boolean> {
      // Until its answer is there nobody knows what the route has.
      if (call.api === 'route') routes.delete(call.route.arn);
      try {
        await perform(call, what);
        failed = '';
        last = { what, atMs: clock.nowMs(), times: last.what === what ? last.times + 1 : 1 };
        if (call.api === 'route') routes.set(call.route.arn, { shares: sharesOf(call), atMs: clock.nowMs() });
        return true;
      } catch (error) {
        // Twice is a refusal.
        if (!isDeploymentError(error, 'Conflict', 'NotFound', 'Rejected') || failed === what) throw error;
        failed = what;
        return false;
      } finally {
        if (call.api === 'route') routesChangedMs = clock.nowMs();
      }
    },

    /** The same call a moment ago, which reads need not show yet. */
    isRecent: (what: string): boolean => what === last.what && clock.nowMs() - last.atMs < LAG_MS,

    /** The same call again and again, each answered well: it has no effect, or somebody takes it back each time. */
    withoutEffect: (what: string): (MoveEnd & { kind: 'stopped' }) | null =>
      what !== last.what || last.times < MOST_TIMES
        ? null
        : {
            kind: 'stopped',
            reason: `"${what}" was done ${last.times} times and is still to be done`,
            fix: 'check in AWS what is there, and who else writes it, then type the command again',
          },

    /** Another writer of a route that this process wrote: two that write back and forth would never end. */
    otherWriter(observed: MoveObservation): (MoveEnd & { kind: 'stopped' }) | null {
      const shares = observed.routes.map((route) => `${route.arn} ${sharesOf(route)}`).join();
      if (shares !== seen) routesChangedMs = clock.nowMs();
      seen = shares;
      for (const [arn, own] of routes) {
        const route = observed.routes.find((one) => one.arn === arn);
        const found = route === undefined ? 'no forward to a target group' : sharesOf(route);
        if (found === own.shares || clock.nowMs() - own.atMs < LAG_MS) continue;
        return {
          kind: 'stopped',
          reason:
            `${route?.label ?? arn} has ${found}, and this command gave it ${own.shares}: ` +
            'somebody else writes it',
          fix: 'stop what writes it, then type the command again, or --undo',
          drift: { of: 'weights', resources: [arn], afterMs: own.atMs, foundAtMs: clock.nowMs() },
        };
      }
      return null;
    },

    /** From when on reads surely show what a command that ended a moment ago had written. */
    freshMs: (): number => beganMs + LAG_MS,

    /** From when on the load balancer surely follows the last weights. */
    calmMs: (): number => routesChangedMs + settleMs({ loadBalancerKind: 'application' }),
  };
};

export type OwnWrites = ReturnType<typeof makeOwnWrites>;
