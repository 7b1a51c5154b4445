import { grouped } from '../figures.ts';
import type { AnalysisPlan, Comparison } from '../vocabulary/analysis.types.ts';

/** What green has had of its budget so far, as it stands in each decision; null: no budget. */
export const exposureSoFar = (
  policy: Pick<AnalysisPlan, 'exposure'> | undefined,
  { exposed }: Pick<Comparison, 'exposed'>,
): string | null => {
  const { requests, failed } = policy?.exposure ?? {};
  const parts = [
    ...(requests === undefined ? [] : [`${grouped(exposed.requests)} of ${grouped(requests)} requests`]),
    ...(failed === undefined ? [] : [`${grouped(exposed.bad)} of ${grouped(failed)} failed ones`]),
  ];
  return parts.length === 0 ? null : `exposure ${parts.join(', ')}`;
};

/** How green's budget of requests is used up, as a sentence; null while something of it is left. */
export const exposureUsedUp = (
  policy: Pick<AnalysisPlan, 'exposure'> | undefined,
  { exposed }: Pick<Comparison, 'exposed'>,
): string | null => {
  const { requests, failed } = policy?.exposure ?? {};
  if (requests !== undefined && exposed.requests >= requests)
    return (
      `the exposure budget is used up: green has had ${grouped(exposed.requests)} of ` +
      `${grouped(requests)} requests`
    );
  if (failed !== undefined && exposed.bad > failed)
    return (
      `the exposure budget is used up: ${grouped(exposed.bad)} requests of green have failed, ` +
      `${grouped(failed)} may`
    );
  return null;
};
