import { grouped, percentOf } from '../figures.ts';
import { errorsOf } from '../verdict/analysis/final-minutes.ts';
import type { Answered } from '../vocabulary/analysis.types.ts';
import type { Decision } from '../vocabulary/decision.types.ts';
import type { MetricMinute } from '../vocabulary/metrics.types.ts';

/** What both colours answered in all these minutes. `alone`: there is no blue beside green. */
export const answeredIn = (minutes: readonly MetricMinute[], alone: boolean): Answered => {
  const sumOf = (colour: 'blue' | 'green') =>
    minutes.reduce(
      (sum, minute) => {
        const { requests, bad } = errorsOf(minute[colour]);
        return { requests: sum.requests + requests, bad: sum.bad + bad };
      },
      { requests: 0, bad: 0 },
    );
  return { green: sumOf('green'), blue: alone ? null : sumOf('blue') };
};

const shareOf = ({ requests, bad }: Answered['green']): string =>
  `${grouped(bad)} of ${grouped(requests)} requests (${percentOf(bad / requests)})`;

const describe = ({ green, blue }: Answered): string => {
  const beside = blue === null || blue.requests === 0 ? '' : `, and blue ${shareOf(blue)}`;
  return green.bad === 0 || green.requests === 0 ? '' : `; meanwhile green failed ${shareOf(green)}${beside}`;
};

/**
 * An aside to a success: how many requests green failed on its way. It was no reason to roll back, because the share
 * was usual or nothing watched it, but a person should not learn of it from users. '' where none failed.
 */
export const failedMeanwhile = (decision: Decision | undefined): string => {
  const errors = decision?.analysis?.metrics.find(({ metric }) => metric === 'errors');
  if (errors !== undefined) return describe(errors);
  const { answered } = decision ?? {};
  if (answered === undefined) return '';
  return 'unreadable' in answered
    ? `; how many of green's requests failed is not known: ${answered.unreadable}`
    : describe(answered);
};
