import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RouteForward, WeightedGroup } from '../../core/vocabulary/plan.types.ts';

/**
 * An action as the service keeps it: a forward always has its ForwardConfig with weights and stickiness, whatever
 * shape it was given in [fact 77], and authentication is without its secret.
 */
const stored = (action: Action): Action => {
  if (action.Type === 'authenticate-oidc' && action.AuthenticateOidcConfig !== undefined) {
    const {
      ClientSecret: _secret,
      UseExistingClientSecret: _kept,
      ...config
    } = action.AuthenticateOidcConfig;
    return { ...action, AuthenticateOidcConfig: config };
  }
  if (action.Type !== 'forward') return action;

  const { TargetGroupArn: legacy, ForwardConfig: config, ...rest } = action;
  const groups = config?.TargetGroups ?? (legacy === undefined ? [] : [{ TargetGroupArn: legacy }]);
  return {
    ...rest,
    ForwardConfig: {
      TargetGroups: groups.map((group) => ({
        TargetGroupArn: group.TargetGroupArn,
        Weight: group.Weight ?? 1,
      })),
      TargetGroupStickinessConfig: config?.TargetGroupStickinessConfig ?? { Enabled: false },
    },
  };
};

export const storedActions = (actions: readonly Action[]): Action[] => actions.map(stored);

/** Actions as a describe call shows them: a single group comes a second time as the legacy TargetGroupArn [fact 77]. */
export const echoedActions = (actions: readonly Action[]): Action[] =>
  actions.map((action) => {
    const groups = action.ForwardConfig?.TargetGroups ?? [];
    const only = groups.length === 1 ? groups[0]?.TargetGroupArn : undefined;
    return only === undefined ? action : { ...action, TargetGroupArn: only };
  });

/** A write replaces a route's actions as a whole, so that what follows from them is found once. */
const forwards = new WeakMap<readonly Action[], RouteForward | undefined>();

/**
 * What stored actions forward to; undefined for a redirect or a fixed response. Not to be changed: all who ask share
 * it.
 */
export const forwardOf = (actions: readonly Action[]): RouteForward | undefined => {
  if (!forwards.has(actions)) forwards.set(actions, readForward(actions));
  return forwards.get(actions);
};

const readForward = (actions: readonly Action[]): RouteForward | undefined => {
  const config = actions.find((action) => action.Type === 'forward')?.ForwardConfig;
  if (config === undefined) return undefined;
  const groups = (config.TargetGroups ?? []).map((group) => ({
    targetGroupArn: group.TargetGroupArn ?? '',
    weight: group.Weight ?? 1,
  }));
  const seconds = config.TargetGroupStickinessConfig?.DurationSeconds;
  return {
    groups,
    stickiness: {
      enabled: config.TargetGroupStickinessConfig?.Enabled ?? false,
      ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    },
  };
};

/** The same actions with another list of groups, as somebody who means to change only weights would write them. */
export const withGroups = (actions: readonly Action[], groups: readonly WeightedGroup[]): Action[] =>
  actions.map((action) =>
    action.Type !== 'forward'
      ? action
      : {
          ...action,
          ForwardConfig: {
            ...action.ForwardConfig,
            TargetGroups: groups.map((group) => ({
              TargetGroupArn: group.targetGroupArn,
              Weight: group.weight,
            })),
          },
        },
  );

/** JSON with sorted keys, so that equal values give equal text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

const fingerprints = new WeakMap<readonly Action[], string>();

/** Everything of the actions but the forward's list of groups: it must never change in a deployment. */
export const fingerprintOf = (actions: readonly Action[]): string => {
  const fingerprint = fingerprints.get(actions) ?? canonical(withGroups(actions, []));
  fingerprints.set(actions, fingerprint);
  return fingerprint;
};
