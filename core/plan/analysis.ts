import { notDistinct, type PublishingColour } from '../verdict/published-metrics.ts';
import type { AnalysisPlan, AnalysisPolicy } from '../vocabulary/analysis.types.ts';
import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';

/** Every metric is switched off. */
export const comparesNothing = ({ errors, latency, application }: AnalysisPolicy): boolean =>
  errors.use === 'off' && latency.use === 'off' && application === undefined;

/** Why green cannot be compared with blue, whatever is asked for; null when it can. */
export const notComparable = ({
  blue,
  loadBalancerKind,
}: Pick<NotAnalysed, 'blue' | 'loadBalancerKind'>): string | null => {
  if (blue === null) return 'a first deployment has no blue to compare with';
  // Its flow counts know no errors, and host counts no requests [fact 120].
  if (loadBalancerKind === 'network')
    return 'a network load balancer has no errors and response times by target group';
  return null;
};

/** Why green is not compared with blue, for people; null when it is. A plan of which it cannot be has no policy. */
export const whyNotAnalysed = ({ analysis, ...of }: NotAnalysed): string | null => {
  const why = notComparable(of);
  if (why !== null) return `not possible: ${why}`;
  return analysis === undefined || comparesNothing(analysis) ? 'switched off' : null;
};

type NotAnalysed = Pick<Plan, 'loadBalancerKind'> &
  Pick<DeploymentRequest, 'analysis'> & {
    /** Null: a first deployment. */
    blue: object | null;
  };

type Planned = NotAnalysed & { blue: PublishingColour | null; green: PublishingColour };

/** Without the application's metrics of which both colours publish the same series; preflight names them. */
const distinctMetrics = (
  analysis: AnalysisPlan,
  { blue, green }: Pick<Planned, 'blue' | 'green'>,
): AnalysisPlan => {
  const { application = [], baseline, ...rest } = analysis;
  const same = blue === null ? [] : notDistinct(application, blue, green);
  const kept = application.map(({ name }) => !same.includes(name));
  const usual = baseline?.application?.filter((_, at) => kept[at]);
  const left = application.filter((_, at) => kept[at]);
  return {
    ...rest,
    ...(left.length === 0 ? {} : { application: left }),
    baseline:
      baseline === null ? null : { ...baseline, ...(usual === undefined ? {} : { application: usual }) },
  };
};

/** The policy of a deployment whose colours can be compared, with what was usual before; nothing otherwise. */
export const plannedAnalysis = (
  deployment: Planned,
  { baseline }: Pick<PlanObservation, 'baseline'>,
): { analysis?: AnalysisPlan } => {
  const { analysis } = deployment;
  if (analysis === undefined || whyNotAnalysed(deployment) !== null) return {};
  const known = baseline === undefined || 'unreadable' in baseline ? null : baseline;
  return { analysis: distinctMetrics({ ...analysis, baseline: known }, deployment) };
};
