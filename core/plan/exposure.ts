import { MINUTE_MS } from '../clock.ts';
import { grouped } from '../figures.ts';
import type { ExposureBudget } from '../vocabulary/analysis.types.ts';
import type { Baseline } from '../vocabulary/metrics.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';

/** Metrics come two to three minutes late, and what green gets meanwhile is known too late. */
const LATE_MINUTES = 3;

type Usual = Pick<Baseline, 'requests' | 'bad' | 'minutes'>;

const perMinute = ({ requests, minutes }: Usual): number => requests / Math.max(1, minutes);

/** Shifts whose requests the budget counts: before green gets everything. */
const counted = (shifts: readonly Shift[]): Shift[] =>
  shifts.filter(({ greenPct, test }) => greenPct < 100 && test !== true);

/** Green's requests before the metrics that would end its exposure are there, at its largest share. */
export const requestsTooLate = (shifts: readonly Shift[], usual: Usual): number => {
  const largest = Math.max(0, ...counted(shifts).map(({ greenPct }) => greenPct));
  return Math.round((perMinute(usual) * LATE_MINUTES * largest) / 100);
};

/** Green's requests before it gets everything, if each shift that ends by evidence ends as soon as it may. */
export const leastRequests = (shifts: readonly Shift[], usual: Usual): number =>
  Math.round(
    counted(shifts).reduce((sum, { greenPct, bakeMs, evidence }) => {
      const minutes = (evidence === undefined ? bakeMs : evidence.atLeastMs) / MINUTE_MS;
      return sum + (perMinute(usual) * minutes * greenPct) / 100;
    }, 0),
  );

const budgetInWords = ({ requests, failed }: Omit<ExposureBudget, 'onUsedUp'>): string =>
  [
    ...(requests === undefined ? [] : [`${grouped(requests)} requests`]),
    ...(failed === undefined ? [] : [`${grouped(failed)} failed ones`]),
  ].join(' or ');

/** What a plan's budget is, what follows when it is used up, and by how much it may be exceeded; null: none. */
export const exposureInWords = ({ analysis, shifts }: Pick<Plan, 'analysis' | 'shifts'>): string | null => {
  const { exposure, baseline } = analysis ?? {};
  if (exposure === undefined) return null;
  const late =
    baseline == null || baseline.minutes === 0
      ? 'what green gets until its metrics come, two to three minutes, is beyond it'
      : `some ${grouped(requestsTooLate(shifts, baseline))} requests may be beyond it, because metrics come late`;
  const then = exposure.onUsedUp === 'hold' ? 'a person is asked' : 'it rolls back';
  return `at most ${budgetInWords(exposure)} of green before it gets everything, then ${then}; ${late}`;
};
