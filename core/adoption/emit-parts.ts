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
  preview: { input: Input; stickySeconds: number | null; arn: string | null } | null;
  /** As CreateService takes it. */
  service: { input: Input; there: boolean };
  tags: Readonly<Record<string, string>>;
};

/** Of a rule as CreateRule takes it; null without stickiness. */
const stickinessOf = ({ Actions }: Input): number | null => {
  const [action] = Actions as {
    ForwardConfig: { TargetGroupStickinessConfig?: { DurationSeconds: number } };
  }[];
  return action?.ForwardConfig.TargetGroupStickinessConfig?.DurationSeconds ?? null;
};

export const emittedParts = (plan: MovePlan, observed: MoveObservation): EmittedParts => {
  const { names, kind } = plan;
  const roles = plan.roles(observed);
  const tags = { [MOVE_TAG]: markOf(names) };
  const input =
    kind === 'adopt' ? adoptedService(names, observed, roles) : rollingService(names, observed, roles);
  const service = { input, there: observed.twin?.status === 'ACTIVE' };
  if (kind === 'leave') return { groups: [], preview: null, service, tags };
  const model = groupOf(observed, roles.from) ?? groupOf(observed, roles.to);
  const groups = [names.blue, names.green].map((name) => ({
    name,
    settings: model?.settings ?? {},
    attributes: model?.attributes ?? {},
    arn: observed.groups.find((group) => group.name === name)?.arn ?? null,
  }));
  const there = observed.routes.find((route) => isPreview(names, route));
  const route = previewedRoute(names, observed, roles);
  const made = previewStep(names, () => roles).forward({
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
  const rule =
    made?.kind === 'call' && made.call.api !== 'route' && route !== undefined ? made.call.input : null;
  return {
    groups,
    preview:
      rule === null ? null : { input: rule, stickySeconds: stickinessOf(rule), arn: there?.arn ?? null },
    service,
    tags,
  };
};
