import { evidenceOf, grouped, percentOf } from '../../figures.ts';
import type { AnalysisPlan, ComparedMetric, Comparison } from '../../vocabulary/analysis.types.ts';
import { lonelyAndWorse, type RunningComparison } from './running.ts';
import type { Counts } from './series.types.ts';
import { SUSPECT_LOG_E } from './thresholds.ts';

const rateOf = ({ requests, bad }: Counts): string =>
  requests === 0 ? 'no requests' : `${percentOf(bad / requests)} of ${grouped(requests)} requests`;

const pointsOf = (share: number): string => `${Number((share * 100).toPrecision(2))}`;

const ratioOf = ({ blue, green }: ComparedMetric): string | null => {
  if (green.bad === 0 || blue.bad === 0) return null;
  return `${Number((green.bad / green.requests / (blue.bad / blue.requests)).toPrecision(2))} times blue's`;
};

const whatOf = ({ metric }: ComparedMetric): string => (metric === 'errors' ? 'failed' : `were ${metric}`);

/** Green's and blue's share of bad requests in one metric, and their ratio. */
const sharesOf = (metric: ComparedMetric): string => {
  const ratio = ratioOf(metric);
  const green = `${rateOf(metric.green)} of green ${whatOf(metric)}`;
  return `${green}, ${rateOf(metric.blue)} of blue${ratio === null ? '' : ` (${ratio})`}`;
};

/** How many bad ones green would have had at blue's rate: what would have changed the verdict. */
const usualOf = ({ blue, green }: ComparedMetric): string =>
  blue.requests === 0
    ? ''
    : `; ${grouped(green.bad)} instead of ` +
      `${grouped(Math.round((blue.bad / blue.requests) * green.requests))} at blue's rate`;

/** The sentence of a comparison: both shares, the bounds of their difference, the evidence and what would change it. */
export const describeComparison = (
  { kind, metrics, difference }: Omit<Comparison, 'reason'>,
  policy: AnalysisPlan,
  running: RunningComparison,
): string => {
  const { alpha } = policy;
  const { logE: now, maxLogE: most, outage } = running;
  if (kind === 'unread') return 'no metrics of both colours yet';
  if (outage !== null && kind === 'worse') {
    const { blue, green } = outage;
    return (
      `${grouped(green.bad)} of green's ${grouped(green.requests)} requests failed in one minute, ` +
      `${percentOf(blue.bad / blue.requests)} of blue's`
    );
  }
  const deciding = metrics.filter(({ use }) => use === 'decide');
  const worst = deciding.toSorted((a, b) => b.maxLogE - a.maxLogE)[0];
  const advice = metrics.filter(({ use, maxLogE }) => use === 'advise' && maxLogE >= Math.log(1 / alpha));
  const asides = advice.map(
    (metric) => `; only reported: ${sharesOf(metric)}, evidence ${evidenceOf(metric.maxLogE)}`,
  );
  if (worst === undefined) return `no metric decides${asides.join('')}`;
  const needed = evidenceOf(Math.log(1 / alpha));
  // The bounds are those of the errors.
  const bounds =
    difference === null || worst.metric !== 'errors'
      ? ''
      : `, ${difference.lower === 0 ? 'at most' : `${pointsOf(difference.lower)} to`} ` +
        `${pointsOf(difference.upper)} points more`;
  const chance = Number(Math.min(1, Math.exp(-most)).toPrecision(2));
  switch (kind) {
    case 'worse':
      return (
        `green is worse: ${sharesOf(worst)}${bounds}${usualOf(worst)}; evidence ${evidenceOf(most)}, ` +
        `${needed} decides (p ${chance})${asides.join('')}`
      );
    case 'suspect': {
      const found = now >= SUSPECT_LOG_E ? null : lonelyAndWorse(running, policy);
      if (found !== null)
        return (
          `green may be worse: ${rateOf(found.lonely).replace('of', 'of its')} failed in minutes in which blue had ` +
          `none, and at most ${percentOf(found.rate)} would be usual; minutes that have both decide${asides.join('')}`
        );
      return (
        `green may be worse: ${sharesOf(worst)}${usualOf(worst)}; evidence ${evidenceOf(now)}: ${needed} ` +
        `rolls back, less than 10 advances${asides.join('')}`
      );
    }
    case 'unharmed':
      return (
        `green is not worse: ${sharesOf(worst)}${bounds}; proof ` +
        `${evidenceOf(Math.min(...deciding.map(({ logUnharmed }) => logUnharmed)))} of ` +
        `20${asides.join('')}`
      );
    case 'undecided':
      return `${sharesOf(worst)}; evidence ${evidenceOf(now)} of ${needed}${asides.join('')}`;
    default:
      return kind satisfies never;
  }
};
