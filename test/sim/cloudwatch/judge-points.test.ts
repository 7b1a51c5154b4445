import { expect, test } from 'vitest';
import { EXTRA_PERIODS, judgePoints, type Rule } from '../../../sim/cloudwatch/judge-points.ts';

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const rule = (needed: number, treatMissingData: Rule['treatMissingData']): Rule => ({
  evaluationPeriods: 3,
  datapointsToAlarm: needed,
  breaches: (value) => value > 10,
  treatMissingData,
});
/** X breaches, 0 does not, - is missing; oldest first, as in the CloudWatch user guide's tables. */
const points = (text: string): (number | undefined)[] =>
  text.split(' ').map((point) => (point === 'X' ? 11 : point === '0' ? 0 : undefined));

const KEEP = undefined;
const NO_DATA = 'INSUFFICIENT_DATA';

test.each([
  // Three of three.
  ['0 - X - X', 3, ['OK', 'OK', 'OK', 'OK']],
  ['0 X X - X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - - - -', 3, ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', 3, [NO_DATA, KEEP, 'ALARM', 'OK']],
  ['- - X - -', 3, ['ALARM', KEEP, 'ALARM', 'OK']],
  ['- - - - X', 3, [KEEP, KEEP, 'ALARM', 'OK']],
  // Two of three.
  ['0 - X - X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['X X 0 0 0', 2, ['OK', 'OK', 'OK', 'OK']],
  ['- - - - 0', 2, ['OK', KEEP, 'ALARM', 'OK']],
  ['- - - X -', 2, ['ALARM', KEEP, 'ALARM', 'OK']],
  // The run has only just begun: nothing is made up about the time before it.
  ['-', 2, [KEEP, 'OK', 'OK', 'OK']],
  ['X', 2, [KEEP, 'OK', 'OK', 'OK']],
  ['0', 2, ['OK', 'OK', 'OK', 'OK']],
  ['X X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
])('%s with %s of 3: missing, ignore, breaching, notBreaching [115]', (text, needed, states) => {
  expect(treatments.map((treatment) => judgePoints(rule(needed, treatment), points(text)))).toEqual(states);
});

test('no point at all keeps the state', () => {
  expect(judgePoints(rule(2, 'notBreaching'), [])).toBeUndefined();
  expect(EXTRA_PERIODS).toBe(2);
});
