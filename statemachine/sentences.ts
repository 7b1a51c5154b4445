import { shiftInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { count } from '../core/figures.ts';
import { notComparable } from '../core/plan/analysis.ts';
import { exposureInWords } from '../core/plan/exposure.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Attached, Ready, Traffic } from '../core/vocabulary/state.types.ts';

/** A line: one sentence, why when there is a reason, whether only `--verbose` shows it, and whether it is bad news. */
export type Sentence = { what: string; why?: string; detail?: boolean; bad?: boolean };

/** The sentences about steps' results that are too long for a row of states.ts. */

export const planned = (plan: Plan): Sentence => {
  const { strategyName, shifts, routes, test, warnings } = plan;
  const exposure = exposureInWords(plan);
  const incomparable = notComparable(plan);
  const course = shifts.map((shift) => `${shiftInWords(shift)} for ${formatDuration(shift.bakeMs)}`);
  const labels = routes.map(({ label }) => label);
  return {
    what: `planned ${strategyName}: ${course.join(', ')}`,
    why: [
      `${count(routes.length, 'route')}: ${labels.join('; ')}`,
      ...(test === undefined ? [] : [`test route ${test.route.label}`]),
      ...(exposure === null ? [] : [exposure]),
      ...(incomparable === null ? [] : [`not compared: ${incomparable}`]),
      ...(warnings.length === 0
        ? []
        : [`${count(warnings.length, 'warning')}: ${warnings.map(({ id }) => id).join(', ')}`]),
    ].join('; '),
  };
};

export const attached = ({ changed, scaling }: Attached): Sentence => {
  const suspended = scaling === undefined ? '' : `${scaling}; `;
  return changed.length === 0
    ? { what: `${suspended}green's target group was attached already`, detail: scaling === undefined }
    : { what: `${suspended}attached green's target group at weight 0 to ${count(changed.length, 'route')}` };
};

export const shifted = ({ weights, routes, test }: Traffic): Sentence => {
  if (test !== undefined && weights.green === 0)
    return { what: `opened the test route ${test.label} to green and read it back; no user meets green` };
  const what = `shifted ${weights.green} % to green and read it back on ${count(routes.length, 'route')}`;
  if (test === undefined) return { what };
  return {
    what: `${what}; the test route ${test.after?.green === 100 ? 'follows' : 'is closed again'}`,
  };
};

const readyInWords: Record<Ready['kind'], string> = {
  ready: 'is ready',
  pending: 'is not ready',
  held: 'waits',
  failed: 'failed',
};

/** The reason stands behind a sentence that has them. */
const withoutCounts = (reason: string, counts: string): string =>
  reason.startsWith(counts) ? reason.slice(counts.length).replace(/^:? /, '') : reason;

export const greenChecked = ({ kind, healthyTargets, wanted, reason }: Ready): Sentence => ({
  // Right after its launch ECS may not show the task set yet: there is nothing to count.
  what: `green ${readyInWords[kind]}${wanted === 0 ? '' : `: ${healthyTargets} of ${wanted} healthy`}`,
  why: withoutCounts(reason, `${healthyTargets} of ${wanted} targets healthy`),
  detail: kind === 'pending' || kind === 'held',
  bad: kind === 'failed',
});
