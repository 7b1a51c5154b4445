import type { Input, MoveObservation } from './adoption.types.ts';
import { previewedRoute, previewStep } from './group-steps.ts';
import type { MovePlan } from './move-plan.ts';
import { MOVE_TAG, markOf } from './names.ts';
import { groupOf, isPreview } from './roles.ts';
import { adoptedService, rollingService } from './twin-steps.ts';

/** What a move makes and a person's own templates should own: what to write there, and what is there already. */
type EmittedParts = {
  groups: readonly {
    name: string;
    settings: Input;
    attributes: Readonly<Record<string, string>>;
    arn: string | null;
  }[];
  /** As CreateRule takes it. */
  preview: {
    input: Input;
    /** With the name of the group where the move makes it. */
    groups: readonly { arn: string | null; name: string | null; weight: number }[];
    stickySeconds: number | null;
    arn: string | null;
  } | null;
  /** As CreateService takes it. */
  service: { input: Input; there: boolean };
  tags: Readonly<Record<string, string>>;
};

type Forwarding = {
  TargetGroups: readonly { TargetGroupArn: string | null; Weight: number }[];
  TargetGroupStickinessConfig?: { DurationSeconds: number };
};

/** Of a rule as CreateRule takes it. */
const forwardingOf = ({ Actions }: Input): Forwarding =>
  (Actions as { ForwardConfig: Forwarding }[])[0]?.ForwardConfig ?? { TargetGroups: [] };

export const emittedParts = (plan: MovePlan, observed: MoveObservation): EmittedParts => {
  const { names, kind } = plan;
  const roles = plan.roles(observed);
  const tags = { [MOVE_TAG]: markOf(names) };
  const input =
    kind === 'adopt' ? adoptedService(names, observed, roles) : rollingService(names, observed, roles);
  const service = { input, there: observed.twin?.status === 'ACTIVE' };
  const model = groupOf(observed, roles.from) ?? groupOf(observed, roles.to);
  const made = kind === 'adopt' ? [names.blue, names.green] : [];
  const groups = made.map((name) => ({
    name,
    settings: model?.settings ?? {},
    attributes: model?.attributes ?? {},
    arn: observed.groups.find((group) => group.name === name)?.arn ?? null,
  }));
  // A deployment puts the new group into the users' routes itself.
  const preview = names.byDeployment ? null : previewOf(plan, observed, made);
  return { groups, preview, service, tags };
};

const previewOf = (
  { kind, names, ...plan }: MovePlan,
  observed: MoveObservation,
  made: readonly string[],
): EmittedParts['preview'] => {
  const roles = plan.roles(observed);
  const there = observed.routes.find((route) => isPreview(names, route));
  const route = previewedRoute(names, observed, roles);
  const move = previewStep(kind, names, () => roles).forward({
    ...observed,
    routes: observed.routes.filter((one) => one !== there),
    priorities:
      there === undefined
        ? observed.priorities
        : {
            ...observed.priorities,
            [there.listenerArn]: (observed.priorities[there.listenerArn] ?? []).filter(
              (one) => one !== there.priority,
            ),
          },
  });
  if (move?.kind !== 'call' || move.call.api === 'route' || route === undefined) return null;
  const { input } = move.call;
  const { TargetGroups, TargetGroupStickinessConfig } = forwardingOf(input);
  return {
    input,
    // Those that are still to be made have no ARN, and stand in this order.
    groups: TargetGroups.map(({ TargetGroupArn: arn, Weight: weight }, index) => ({
      arn,
      weight,
      name: made[index] ?? null,
    })),
    stickySeconds: TargetGroupStickinessConfig?.DurationSeconds ?? null,
    arn: there?.arn ?? null,
  };
};
