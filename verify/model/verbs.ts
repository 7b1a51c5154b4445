import { EMPTY_SERIES } from '../../aws/series.ts';
import { DeploymentError } from '../../core/errors.ts';
import type { Deps } from '../../functions/deps.types.ts';
import { balancerVerbs } from './balancer-verbs.ts';
import { ecsVerbs } from './ecs-verbs.ts';
import { hookVerbs } from './hook-verbs.ts';
import type { ModelBase } from './model.types.ts';
import type { Session } from './session.ts';
import { storeVerbs } from './store-verbs.ts';
import { ALARM } from './the-service.ts';

/** The verbs of aws/ over a state of the model. */
export const makeVerbs = (session: Session, base: ModelBase, deploymentId: string): Deps => {
  const { state, call } = session;
  return {
    clock: { nowMs: () => state.nowMs, sleep: () => Promise.resolve() },
    metrics: { publish: () => {}, publishEnd: () => {} },
    // No minute is ever known: what the metrics decide is proven where there is traffic (verify/exhaust).
    trafficMetrics: {
      readMinutes: () => Promise.resolve([]),
      readAnswers: () => Promise.resolve({ blue: [], green: [] }),
      readUsual: () => Promise.resolve({ minutes: [], times: [] }),
    },
    series: {
      readAtMs: () => Promise.resolve(null),
      read: () => Promise.resolve(EMPTY_SERIES),
      readOpen: () => Promise.resolve({ carried: null, series: EMPTY_SERIES }),
      save: () => Promise.resolve(),
      saveCarried: () => Promise.resolve(),
    },
    // Nothing scales its service: the desired count is a constant of the model.
    scaling: {
      read: () => Promise.resolve(null),
      readSuspended: () => Promise.resolve(null),
      suspend: () => Promise.resolve(),
    },
    // Nothing that ECS deploys itself is in the model.
    nativeDeployments: {
      read: () => {
        const none = { targetGroupArns: [], taskDefinitionArns: [] };
        return Promise.resolve({ first: true, blue: none, green: none });
      },
      readGroup: () => Promise.resolve({ loadBalancerArn: null, sticky: false }),
    },
    ...hookVerbs(session),
    // No service of the model moves between controllers.
    moves: {
      beat: () => Promise.resolve(null),
      end: () => Promise.resolve(),
      note: () => Promise.resolve(false),
      underWay: () => Promise.resolve([]),
      notes: () => Promise.resolve(null),
    },
    // Who wrote is a name in the end, which the model does not tell apart.
    writers: { find: () => Promise.resolve(null) },
    ...storeVerbs(session),
    ...ecsVerbs(session, deploymentId),
    ...balancerVerbs(session, base, deploymentId),

    alarms: {
      read: (names) =>
        call('alarms.read', 'read', () => {
          if (state.alarm === 'unreadable')
            throw new DeploymentError('Unavailable', 'CloudWatch does not answer');
          const alarms = names.map((name) => ({
            name,
            kind: 'metric' as const,
            state: name === ALARM ? (state.alarm as 'OK' | 'ALARM') : ('OK' as const),
            reason: '',
            updatedAtMs: 0,
          }));
          return { alarms, missing: [] };
        }),
    },
  };
};
