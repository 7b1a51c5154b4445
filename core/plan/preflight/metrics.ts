import { MINUTE_MS } from '../../clock.ts';
import { formatDuration } from '../../duration.ts';
import { grouped } from '../../figures.ts';
import { smallestDetectable } from '../../verdict/analysis/detectable.ts';
import { requestsToTell } from '../../verdict/insufficient.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
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

/**
 * A version that fails so many times as often as blue is an outage, and what no comparison notices is left to alarms.
 */
const NOTICED_RATIO = 20;

/**
 * The shifts, but for the last, in which the comparison would not notice a green that fails twenty times as often as
 * blue: how much worse it has to be, null: nothing is noticed.
 */
const blindIn = (
  { shifts, analysis, alarms }: DeploymentRequest,
  baseline: Baseline,
): { shift: Shift; ratio: number | null }[] => {
  // A quiet service is deployed by its alarms.
  if (analysis?.errors.use !== 'decide' || alarms.names.length > 0) return [];
  const { psi, delta } = analysis.errors;
  const { requests, bad, minutes, sigma } = baseline;
  // None in three hours is not never: less than one is what is known.
  const forecast = {
    requestsPerMinute: requests / Math.max(1, minutes),
    badShare: Math.max(bad, 0.5) / requests,
  };
  const limits = { psi, delta, alpha: analysis.alpha, sigma };
  return shifts
    .filter(({ greenPct, test }) => greenPct > 0 && greenPct < 100 && test !== true)
    .map((shift) => {
      const greenShare = shift.greenPct / 100;
      return {
        shift,
        ratio: smallestDetectable(shift.bakeMs / MINUTE_MS, { ...forecast, greenShare }, limits),
      };
    })
    .filter(({ ratio }) => ratio === null || ratio > NOTICED_RATIO);
};

const blind = (request: DeploymentRequest, baseline: Baseline): Finding[] => {
  const found = blindIn(request, baseline);
  if (found.length === 0) return [];
  const shifts = found.map(({ shift: { bakeMs, greenPct }, ratio }) => {
    const noticed = ratio === null ? 'nothing' : `${Math.ceil(ratio)} times and more`;
    return `${noticed} in ${formatDuration(bakeMs)} at ${greenPct} %`;
  });
  return [
    warning(
      'comparison-sees-little',
      `expected each shift to notice a green that fails ${NOTICED_RATIO} times as often as blue, found that at the ` +
        `present traffic it notices ${shifts.join(', ')}`,
      'Watch an alarm on the number of errors, give the shift more time or a larger share, or deploy ' +
        'when there is more ' +
        'traffic.',
    ),
  ];
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
  const unseen = blind(request, baseline);
  if (short.length === 0) return unseen;
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
    ...unseen,
  ];
};
