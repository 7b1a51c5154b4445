import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RouteForward, WeightedGroup } from '../core/vocabulary/plan.types.ts';

/** Reading and patching the action list of a listener or rule. Pure: the calls are in listener.ts. */

const forwardIn = (actions: readonly Action[]): Action | undefined =>
  actions.find((action) => action.Type === 'forward');

/** A single group may come as the legacy TargetGroupArn, with or without a ForwardConfig beside it [fact 77]. */
const tuplesOf = (forward: Action): TargetGroupTuple[] => {
  const tuples = forward.ForwardConfig?.TargetGroups ?? [];
  if (tuples.length > 0) return tuples;
  return forward.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: forward.TargetGroupArn }];
};

/** ELBv2 gives a group weight 1 when none is named. */
const DEFAULT_WEIGHT = 1;

/** What the actions forward to, or null when they do something else: redirect, fixed response. */
export const readForward = (actions: readonly Action[]): RouteForward | null => {
  const forward = forwardIn(actions);
  if (forward === undefined) return null;
  const groups = tuplesOf(forward).flatMap(({ TargetGroupArn, Weight }) =>
    TargetGroupArn === undefined
      ? []
      : [{ targetGroupArn: TargetGroupArn, weight: Weight ?? DEFAULT_WEIGHT }],
  );
  const otherActions = actions.flatMap(({ Type = '' }) => (Type === 'forward' ? [] : [Type]));
  const stickiness = forward.ForwardConfig?.TargetGroupStickinessConfig;
  return {
    groups,
    stickiness: {
      enabled: stickiness?.Enabled ?? false,
      ...(stickiness?.DurationSeconds === undefined ? {} : { durationSeconds: stickiness.DurationSeconds }),
    },
    ...(otherActions.length === 0 ? {} : { otherActions }),
  };
};

/**
 * The actions to write so that nothing but the forward action's groups and weights changes. ELBv2 replaces the
 * whole list, so every other action and field rides along as it was read, in its order [fact 74].
 */
export const withGroups = (actions: readonly Action[], groups: readonly WeightedGroup[]): Action[] =>
  actions.map((action) => {
    if (action.Type === 'authenticate-oidc') return withExistingSecret(action);
    if (action.Type !== 'forward') return action;
    // TargetGroupArn beside more than one group is refused [fact 77].
    const { TargetGroupArn: _legacy, ...rest } = action;
    const TargetGroups = groups.map(({ targetGroupArn, weight }) => ({
      TargetGroupArn: targetGroupArn,
      Weight: weight,
    }));
    return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups } };
  });

/**
 * ELBv2 never tells the client secret, and wants either the secret or this flag when the action is written back;
 * without it the write is refused or, worse, users can no longer log in.
 */
const withExistingSecret = (action: Action): Action => {
  if (action.AuthenticateOidcConfig === undefined) return action;
  const { ClientSecret: _unknown, ...config } = action.AuthenticateOidcConfig;
  return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
};
