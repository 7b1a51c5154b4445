import { expect, test } from 'vitest';
import { isTakenOver, removesBlue, withBlue } from '../../../core/weights/taken-over.ts';
import { aPlan } from '../a-deployment.ts';
import { anOldService, aWhole } from '../a-taken-over-service.ts';
import { aService, BLUE_GROUP, THIRD_GROUP } from '../an-observation.ts';

const { blue } = aPlan();
const taken = blue === null ? null : { ...blue, targetGroupArn: BLUE_GROUP, service: 'classic' };
const service = aService({ taskSets: [], desiredCount: 2 });

test('a blue that is another service is never removed, and a first deployment has none', () => {
  expect([aPlan(), aPlan({ blue: taken }), aPlan({ blue: null })].map(isTakenOver)).toEqual([
    false,
    true,
    false,
  ]);
  expect([aPlan(), aPlan({ blue: taken }), aPlan({ blue: null })].map(removesBlue)).toEqual([
    true,
    false,
    false,
  ]);
});

test('the old service is among the task sets, by the group that its users are on', () => {
  const other = aWhole({ targetGroupArn: THIRD_GROUP });
  const from = anOldService({ wholes: [other, aWhole()] });

  expect(withBlue(service, taken, from)).toEqual({ ...service, taskSets: [aWhole()] });
  expect(withBlue(service, blue, null)).toBe(service);
  expect(withBlue(service, null, from)).toBe(service);
  expect(withBlue(service, taken, anOldService({ wholes: [other] }))).toBe(service);
});

test('as many tasks are needed as the larger of both services wants', () => {
  const grown = anOldService({ desiredCount: 5 });

  expect(withBlue(service, taken, grown).desiredCount).toBe(5);
  expect(withBlue({ ...service, desiredCount: 7 }, taken, grown).desiredCount).toBe(7);
});
