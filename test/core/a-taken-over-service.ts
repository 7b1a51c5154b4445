import type { PlanObservation } from '../../core/vocabulary/observation.types.ts';
import type { ObservedFrom } from '../../core/vocabulary/observed.types.ts';
import type { ObservedScaling } from '../../core/vocabulary/scaling.types.ts';
import { anObservation, aService, aTaskSet, GREEN_GROUP } from './an-observation.ts';

/** Users are on a service of ECS's own controller, and the one that is deployed has no task set yet. */

export const aWhole = (changes: Parameters<typeof aTaskSet>[0] = {}) =>
  aTaskSet({ id: 'service/classic', arn: aService().serviceArn.replace('/shop', '/classic'), ...changes });

type From = ObservedFrom & { scaling?: ObservedScaling | null };

export const anOldService = (changes: Partial<From> = {}): From => ({
  ...aService({ name: 'classic', controller: 'ECS', taskSets: [] }),
  wholes: [aWhole()],
  isChanging: false,
  ...changes,
});

export const aTakeover = (
  from: Partial<From> = {},
  changes: Partial<PlanObservation> = {},
): PlanObservation =>
  anObservation({ service: aService({ taskSets: [] }), from: anOldService(from), ...changes });

export const TAKEN_OVER = { from: { service: 'classic' }, greenTargetGroup: GREEN_GROUP };
