import { MINUTE_MS } from '../clock.ts';
import { grouped } from '../figures.ts';
import type { ExposureBudget } from '../vocabulary/analysis.types.ts';
import type { Baseline } from '../vocabulary/metrics.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';

/** A minute counts two minutes after its end, and is read once a minute: nothing is known sooner. */
const KNOWN_AFTER_MINUTES = 3;

/** Beside these the minute in which the budget is used up, and half of one for the way back. */
const MOST_LATE_MINUTES = 1 + KNOWN_AFTER_MINUTES + 0.5;

type Usual = Pick<Baseline, 'requests' | 'bad' | 'minutes'>;

const perMinute = ({ requests, minutes }: Usual): number => requests / Math.max(1, minutes);

/** Shifts whose requests the budget counts: before green gets everything. */
const counted = (shifts: readonly Shift[]): Shift[] =>
  shifts.filter(({ greenPct, test }) => greenPct < 100 && test !== true);

const atLargestShare = (minutes: number, shifts: readonly Shift[], usual: Usual): number => {
  const largest = Math.max(0, ...counted(shifts).map(({ greenPct }) => greenPct));
  return Math.round((perMinute(usual) * minutes * largest) / 100);
};

/** Green's requests before anything is known of them, at its largest share. */
export const requestsUnknown = (shifts: readonly Shift[], usual: Usual): number =>
  atLargestShare(KNOWN_AFTER_MINUTES, shifts, usual);

/** Green's requests from the one that uses its budget up to the last before the way back, at the most. */
export const requestsTooLate = (shifts: readonly Shift[], usual: Usual): number =>
  atLargestShare(MOST_LATE_MINUTES, shifts, usual);

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
      ? 'what green gets until its metrics come, up to four and a half minutes, is beyond it'
      : `up to ${grouped(requestsTooLate(shifts, baseline))} requests may be beyond it, because metrics come late`;
  const then = exposure.onUsedUp === 'hold' ? 'a person is asked' : 'it rolls back';
  return `at most ${budgetInWords(exposure)} of green before it gets everything, then ${then}; ${late}`;
};
