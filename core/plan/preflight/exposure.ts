import { grouped } from '../../figures.ts';
import type { Baseline } from '../../vocabulary/metrics.types.ts';
import type { DeploymentRequest } from '../../vocabulary/request.types.ts';
import { leastRequests, requestsUnknown } from '../exposure.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** Why a budget will be exceeded, or used up by a version that is as good as blue. */
const shortOf = ({ analysis, shifts }: DeploymentRequest, baseline: Baseline): string[] => {
  const { requests, failed } = analysis?.exposure ?? {};
  const late = requestsUnknown(shifts, baseline);
  const least = leastRequests(shifts, baseline);
  const fails = Math.round((least * baseline.bad) / Math.max(1, baseline.requests));
  return [
    ...(requests !== undefined && least > requests
      ? [`${grouped(requests)} requests, while the shifts give green ${grouped(least)} at least`]
      : []),
    ...(requests !== undefined && late >= requests
      ? [`${grouped(requests)} requests, while green gets ${grouped(late)} before the first are known`]
      : []),
    ...(failed !== undefined && fails > failed
      ? [`${grouped(failed)} failed ones, while as many requests of blue fail ${grouped(fails)} times`]
      : []),
  ];
};

/** A budget that any version uses up rolls back good ones, and one smaller than what comes too late is none. */
export const checkExposure: Check = ({ observed: { baseline }, request }) => {
  if (baseline === undefined || 'unreadable' in baseline || baseline.requests === 0) return [];
  const short = shortOf(request, baseline);
  if (short.length === 0) return [];
  return [
    warning(
      'exposure-too-small',
      `expected an exposure budget that a good version keeps at the present traffic, found ${short.join('; ')}`,
      'Allow more, take smaller shares or shorter shifts, or end the shifts by evidence.',
    ),
  ];
};
