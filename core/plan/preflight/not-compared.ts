import { formatDuration } from '../../duration.ts';
import type { DeploymentRequest } from '../../vocabulary/request.types.ts';
import { whyNotAnalysed } from '../analysis.ts';
import { loadBalancerKind } from '../discovery.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** What of a request means nothing unless green is compared with blue, and what becomes of it. */
const meansNothing = ({ analysis, shifts }: DeploymentRequest): string[] => {
  const names = (analysis?.application ?? []).map(({ name }) => name);
  return [
    ...(analysis?.exposure === undefined ? [] : ['`exposure` (nothing is counted, and no budget ends)']),
    ...(names.length === 0 ? [] : [`\`application\` (${names.join(', ')})`]),
    ...(analysis === undefined || analysis.onInconclusive === 'advance' ? [] : ['`onInconclusive`']),
    ...shifts.flatMap(({ greenPct, bakeMs, evidence }) =>
      evidence === undefined
        ? []
        : [`the evidence of the shift to ${greenPct} % (it lasts its ${formatDuration(bakeMs)})`],
    ),
  ];
};

/** What a request asks of the comparison where there is none: a budget that nobody keeps is worse than no budget. */
export const checkNotCompared: Check = ({ observed, request, found }) => {
  if (observed.service === null || found.routes.length === 0) return [];
  const { primary: blue } = found;
  const why = whyNotAnalysed({ ...request, blue, loadBalancerKind: loadBalancerKind(observed, found) });
  const ignored = why === null ? [] : meansNothing(request);
  if (ignored.length === 0) return [];
  return [
    warning(
      'nothing-is-compared',
      `expected that green can be compared with blue, found that it is ${why}; so these mean nothing: ` +
        ignored.join(', '),
      'Watch alarms, which still roll back, on metrics that see what these were to find, and let shifts end by `bake`.',
    ),
  ];
};
