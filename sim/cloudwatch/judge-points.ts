import type { StateValue } from '@aws-sdk/client-cloudwatch';

/** How an alarm reads its data points; pure. */

export type Rule = {
  evaluationPeriods: number;
  datapointsToAlarm: number;
  breaches(value: number): boolean;
  treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
};

/**
 * How many periods more than EvaluationPeriods an evaluation reaches back, to make up for missing points. The service
 * does not say how many for one-minute metrics; its example reads five points for three periods.
 */
export const EXTRA_PERIODS = 2;

/**
 * The state after an evaluation, or undefined to keep the present one. `points`: oldest first, at most
 * EvaluationPeriods + EXTRA_PERIODS of them, undefined where there is none. Fewer than that: what came before the run
 * is not known, and never filled in. The rules are CloudWatch's for missing data [fact 115]: enough real points, also
 * older ones, are judged alone; otherwise the missing ones are filled in as TreatMissingData says, as few times as
 * possible.
 */
export const judgePoints = (rule: Rule, points: readonly (number | undefined)[]): StateValue | undefined => {
  const { evaluationPeriods, datapointsToAlarm: needed, breaches, treatMissingData } = rule;
  if (points.length === 0) return undefined;
  const real = points.filter((point) => point !== undefined);
  const judged = real.slice(-evaluationPeriods);
  const breaching = judged.filter(breaches).length;
  if (breaching >= needed) return 'ALARM';

  // None when there are enough real points, however many periods are missing between them.
  const filled = Math.max(0, Math.min(evaluationPeriods, points.length) - real.length);
  switch (treatMissingData) {
    case 'notBreaching':
      return 'OK';
    case 'breaching':
      return breaching + filled >= needed ? 'ALARM' : 'OK';
    case 'ignore':
      return breaching + filled >= needed ? undefined : 'OK';
    case 'missing': {
      const knowsAll = points.length >= evaluationPeriods + EXTRA_PERIODS;
      if (real.length === 0) return knowsAll ? 'INSUFFICIENT_DATA' : undefined;
      if (breaching < real.length) return 'OK';
      // Only breaching points, too few of them: red once the oldest is old enough, so that a gap does not hide an
      // outage.
      const oldest = points.findIndex((point) => point !== undefined);
      return points.length - oldest >= needed ? 'ALARM' : undefined;
    }
    default:
      return treatMissingData satisfies never;
  }
};
