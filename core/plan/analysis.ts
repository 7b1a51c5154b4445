import type { AnalysisPlan } from '../vocabulary/analysis.types.ts';
import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';

/** Why green is not compared with blue, for people; null when it is. */
export const whyNotAnalysed = ({ blue, loadBalancerKind, analysis }: NotAnalysed): string | null => {
  if (analysis === undefined) return 'switched off';
  if (blue === null) return 'not possible: a first deployment has no blue to compare with';
  // Its flow counts know no errors, and host counts no requests [fact 120].
  if (loadBalancerKind === 'network')
    return 'not possible: a network load balancer has no errors and response times by target group';
  return analysis.errors.use === 'off' && analysis.latency.use === 'off' ? 'switched off' : null;
};

type NotAnalysed = Pick<Plan, 'loadBalancerKind'> &
  Pick<DeploymentRequest, 'analysis'> & {
    /** Null: a first deployment. */
    blue: object | null;
  };

/** The policy of a deployment whose colours can be compared, with what was usual before; nothing otherwise. */
export const plannedAnalysis = (
  deployment: NotAnalysed,
  { baseline }: Pick<PlanObservation, 'baseline'>,
): { analysis?: AnalysisPlan } => {
  const { analysis } = deployment;
  if (analysis === undefined || whyNotAnalysed(deployment) !== null) return {};
  const known = baseline === undefined || 'unreadable' in baseline ? null : baseline;
  return { analysis: { ...analysis, baseline: known } };
};
