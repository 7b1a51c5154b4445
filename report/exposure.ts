import { formatDuration } from '../core/duration.ts';
import { exposureSoFar } from '../core/verdict/exposure.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Report } from './report.types.ts';

/**
 * What green had had of its exposure budget at the last decision that counted it. Its requests after that are in the
 * charts: they were not known when the decision was made.
 */
export const exposureFact = (plan: Plan | null, decisions: Report['decisions']): Report['facts'] => {
  const last = decisions.findLast(({ analysis }) => analysis !== undefined);
  if (last?.analysis === undefined) return [];
  const soFar = exposureSoFar(plan?.analysis, last.analysis);
  if (soFar === null) return [];
  const of = `of green, as known at the last decision, after ${formatDuration(last.atMs)}`;
  return [{ name: 'Exposure budget', value: `${soFar.replace(/^exposure /, '')} ${of}` }];
};
