import { anOldService, aTakeover, aWhole, TAKEN_OVER } from '../../a-taken-over-service.ts';
import { anObservation, aRoute, BLUE_GROUP, GREEN_GROUP, THIRD_GROUP } from '../../an-observation.ts';
import type { Case } from './case.types.ts';

const right = { observed: aTakeover(), request: TAKEN_OVER };
const scaled = (scaleIn: boolean) => ({
  scaling: {
    resourceId: 'service/main/classic',
    minCapacity: 1,
    maxCapacity: 9,
    suspended: { scaleIn, scaleOut: false, scheduled: true },
    policies: [{ name: 'cpu60', kind: 'targetTracking' as const }],
    scheduled: [],
  },
});

const wrong = (id: string, found: string, observed: Case['observed'], silent = right): Case => ({
  id,
  row: 'adoption',
  severity: 'error',
  found,
  ...(observed === undefined ? {} : { observed }),
  request: TAKEN_OVER,
  silent,
});

/** Users come from another service. */
export const casesOfTakeovers: Case[] = [
  {
    ...wrong('from-not-first', 'because users come from classic', anObservation({ from: anOldService() })),
    severity: 'warning',
  },
  wrong('from-not-found', 'expected the service classic', { ...aTakeover(), from: null }),
  wrong('from-controller', 'found EXTERNAL', aTakeover({ controller: 'EXTERNAL' })),
  wrong('from-not-serving', 'a desired count of 0', aTakeover({ desiredCount: 0 })),
  wrong('from-is-changing', 'a deployment of it in progress', aTakeover({ isChanging: true })),
  wrong(
    'from-group-unclear',
    'shop-third',
    aTakeover(
      { wholes: [aWhole(), aWhole({ targetGroupArn: THIRD_GROUP })] },
      { routes: [aRoute({ [BLUE_GROUP]: 50, [GREEN_GROUP]: 0, [THIRD_GROUP]: 50 })] },
    ),
  ),
  wrong('from-has-more-tasks', 'found 2 and 3', aTakeover({ desiredCount: 3 })),
  wrong('from-scales-in', 'found scheduled scaling suspended', aTakeover(scaled(false)), {
    observed: aTakeover(scaled(true)),
    request: TAKEN_OVER,
  }),
  wrong(
    'from-in-cloud-map',
    'found it in 1 of Cloud Map',
    aTakeover({ wholes: [aWhole({ serviceRegistries: [{ registryArn: 'arn:map' }] })] }),
  ),
];
