import { MINUTE_MS } from '../../clock.ts';
import { formatDuration } from '../../duration.ts';
import { grouped } from '../../figures.ts';
import { requestsToTell } from '../../verdict/end-of-bake.ts';
import type { Baseline } from '../../vocabulary/metrics.types.ts';
import type { DeploymentRequest, Shift } from '../../vocabulary/request.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** Green's requests in a shift that lasts its longest, at blue's present traffic. */
const requestsIn = ({ greenPct, bakeMs }: Shift, { requests, minutes }: Baseline): number =>
  Math.round(((requests / Math.max(1, minutes)) * (bakeMs / MINUTE_MS) * greenPct) / 100);

/** How many a shift needs, so that it does not end as insufficient; 0 where nothing depends on it. */
const neededBy = ({ evidence }: Shift, { analysis }: DeploymentRequest): number => {
  if (analysis === undefined) return 0;
  const proof = analysis.onInconclusive === 'advance' ? 0 : requestsToTell(analysis);
  return Math.max(proof, evidence?.requests ?? 0);
};

/** The metrics that green will be compared with blue by: that they are there, and enough of them. */
export const checkMetrics: Check = ({ observed: { baseline }, request }) => {
  if (baseline === undefined) return [];
  if ('unreadable' in baseline) {
    return [
      warning(
        'metrics-not-read',
        `expected blue's metrics of the last hours, found that they could not be read: ${baseline.unreadable}`,
        'Allow cloudwatch:GetMetricData. Without it nothing tells what is usual: green is compared ' +
          'with blue by the most careful limits.',
      ),
    ];
  }
  if (baseline.requests === 0) {
    return [
      warning(
        'metrics-without-data',
        'expected requests of blue in the last three hours, found none: there is nothing to compare green with',
        'Watch alarms, or deploy while there is traffic.',
      ),
    ];
  }
  const short = request.shifts.filter(
    (shift) => shift.greenPct < 100 && requestsIn(shift, baseline) < neededBy(shift, request),
  );
  if (short.length === 0) return [];
  const found = short.map(
    (shift) =>
      `${grouped(requestsIn(shift, baseline))} of ${grouped(neededBy(shift, request))} in ` +
      `${formatDuration(shift.bakeMs)} at ${shift.greenPct} %`,
  );
  return [
    warning(
      'too-little-traffic',
      'expected enough requests of green in each shift at the present traffic, found ' +
        `${found.join(', ')}: such a shift ends as insufficient`,
      'Give it more time or a larger share, accept a larger margin (`analysis.errors.delta`), or let ' +
        '`onInconclusive` be "advance".',
    ),
  ];
};
