import { DeploymentError } from '../errors.ts';
import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { AutoscalingPolicy, DeploymentRequest } from '../vocabulary/request.types.ts';
import type { ObservedScaling, ScalingPlan, Suspended } from '../vocabulary/scaling.types.ts';
import { seen } from '../vocabulary/surroundings.types.ts';
import { describeSuspended, sameSuspended, scalingCommand } from './suspended.ts';

/** Users still get more tasks under load, and nothing takes tasks from the colour that serves. */
const DEFAULT_AUTOSCALING: AutoscalingPolicy = 'suspendScaleIn';

const autoscalingOf = ({ autoscaling }: Pick<DeploymentRequest, 'autoscaling'>): AutoscalingPolicy =>
  autoscaling ?? DEFAULT_AUTOSCALING;

/** Undefined: nobody read it, or the read failed; null: the service is no scalable target. */
export const scalingIn = ({
  scaling,
  surroundings,
}: Pick<PlanObservation, 'scaling' | 'surroundings'>): ObservedScaling | null | undefined =>
  scaling === undefined ? seen(surroundings?.scaling) : scaling;

const kinds = { targetTracking: 'target tracking', step: 'step', predictive: 'predictive' } as const;

/** `cpu60 (target tracking, ECSServiceAverageCPUUtilization)`, `morning (scheduled, cron(0 8 * * ? *))` */
const scaledBy = ({ policies, scheduled }: ObservedScaling): string[] => [
  ...policies.map(
    ({ name, kind, metric }) => `${name} (${kinds[kind]}${metric === undefined ? '' : `, ${metric}`})`,
  ),
  ...scheduled.map(({ name, schedule }) => `${name} (scheduled, ${schedule})`),
];

/** A target that nothing scales is left alone: its call alone could move tasks [fact 171]. */
const suspendedBy = (
  policy: AutoscalingPolicy,
  { suspended, policies, scheduled }: ObservedScaling,
): Suspended => {
  const dynamic = policy !== 'leave' && policies.length > 0;
  const all = policy === 'suspendAll';
  return {
    scaleIn: suspended.scaleIn || dynamic,
    scaleOut: suspended.scaleOut || (all && dynamic),
    scheduled: suspended.scheduled || (all && scheduled.length > 0),
  };
};

export const plannedScaling = (
  observed: Pick<PlanObservation, 'scaling' | 'surroundings'>,
  request: Pick<DeploymentRequest, 'autoscaling'>,
): { scaling?: ScalingPlan } => {
  const found = scalingIn(observed);
  if (found === undefined || found === null) return {};
  const by = scaledBy(found);
  if (by.length === 0) return {};
  const { resourceId, suspended: was } = found;
  return { scaling: { resourceId, by, was, set: suspendedBy(autoscalingOf(request), found) } };
};

/** Whether the plan suspends anything at all. */
export const suspends = (scaling: ScalingPlan | undefined): scaling is ScalingPlan =>
  scaling !== undefined && !sameSuspended(scaling.was, scaling.set);

/**
 * Before the first write: what is to be suspended, or null when it is already, by an earlier try, or there is no
 * scalable target any more.
 * @throws Conflict when somebody has changed it since the plan: that change is not to be taken for what was found.
 */
export const nextSuspension = (scaling: ScalingPlan, found: Suspended | null): Suspended | null => {
  if (found === null || sameSuspended(found, scaling.set)) return null;
  if (sameSuspended(found, scaling.was)) return scaling.set;
  throw new DeploymentError(
    'Conflict',
    `expected the scaling of ${scaling.resourceId} as planned, ${describeSuspended(scaling.was)}, found ` +
      `${describeSuspended(found)}: somebody changed it after the plan was made; find out who did, then start again`,
  );
};

/** A line of the plan: what is suspended, and what becomes of it. */
export const scalingLine = (scaling: ScalingPlan): string => {
  const { by, was, set } = scaling;
  const what = `scaled by ${by.join(', ')}`;
  if (!suspends(scaling)) return `${what}: ${describeSuspended(was)}, left as it is`;
  return (
    `${what}: before the first write ${describeSuspended(set)}; at every end as found, ` +
    `${describeSuspended(was)}, or by hand with`
  );
};

/** The command that undoes it by hand, behind that line; null: nothing is suspended. */
export const scalingUndo = (scaling: ScalingPlan): string | null =>
  suspends(scaling) ? scalingCommand(scaling.resourceId, scaling.was) : null;
