import { MINUTE_MS } from '../clock.ts';
import { grouped, percentOf } from '../figures.ts';
import { errorsOf } from '../verdict/analysis/final-minutes.ts';
import type { Answered, Comparison } from '../vocabulary/analysis.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { MetricMinute } from '../vocabulary/metrics.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

type Counts = Answered['green'];

const sumOf = (one: Counts, other: Counts): Counts => ({
  requests: one.requests + other.requests,
  bad: one.bad + other.bad,
});

const NOBODY: Counts = { requests: 0, bad: 0 };

/** The comparison's count of failed requests; undefined where it has none. */
const comparedErrors = (analysis: Comparison | undefined): Answered | undefined =>
  analysis?.metrics.find(({ metric }) => metric === 'errors');

/** From the first shift's first whole minute to the last that was final: no minute of these is counted twice. */
const isCompared = (analysis: Comparison | undefined, startMs: number): boolean =>
  analysis !== undefined &&
  comparedErrors(analysis) !== undefined &&
  startMs >= analysis.sinceMs &&
  startMs < analysis.sinceMs + analysis.minutes * MINUTE_MS;

/** What both colours answered in those of the minutes that no comparison counted. `alone`: there is no blue. */
export const answeredIn = (
  minutes: readonly MetricMinute[],
  { alone, analysis }: { alone: boolean; analysis: Comparison | undefined },
): Answered => {
  const rest = minutes.filter(({ startMs }) => !isCompared(analysis, startMs));
  const of = (colour: 'blue' | 'green') =>
    rest.reduce((sum, minute) => sumOf(sum, errorsOf(minute[colour])), NOBODY);
  return { green: of('green'), blue: alone ? null : of('blue') };
};

const shareOf = ({ requests, bad }: Counts): string =>
  `${grouped(bad)} of ${grouped(requests)} requests (${percentOf(bad / requests)})`;

const describe = ({ green, blue }: Answered, testers: string): string => {
  if (green.bad === 0 || green.requests === 0) return '';
  const beside = blue === null || blue.requests === 0 ? '' : `, and blue ${shareOf(blue)}`;
  return `; meanwhile green failed ${shareOf(green)}${testers}${beside}`;
};

const together = (one: Answered, other: Answered): Answered => ({
  green: sumOf(one.green, other.green),
  blue: one.blue === null || other.blue === null ? (one.blue ?? other.blue) : sumOf(one.blue, other.blue),
});

/**
 * An aside to a success: how many requests green failed on its way, the first user's among them. It was no reason to
 * roll back, because the share was usual, nothing watched it, or a blue that was short had left users to it before the
 * first shift; but a person should not learn of it from users. '' where none failed.
 */
export const failedMeanwhile = (
  decision: Decision | undefined,
  plan: Pick<Plan, 'test'> | undefined,
): string => {
  const compared = comparedErrors(decision?.analysis);
  const { answered } = decision ?? {};
  // Their requests are in the same metrics.
  const testers = plan?.test === undefined ? '' : ", its testers' included";
  if (answered === undefined) return compared === undefined ? '' : describe(compared, testers);
  if (!('unreadable' in answered))
    return describe(compared === undefined ? answered : together(compared, answered), testers);
  const unread = compared === undefined ? '' : ' outside the minutes that were compared';
  const known = compared === undefined ? '' : describe(compared, testers);
  return `${known}; how many of green's requests failed${unread} is not known: ${answered.unreadable}`;
};
