import { smallHook } from '../stage/small-hooks.ts';
import { BEHIND_NETWORK } from '../stage/small-names.ts';
import { BAKE, type Base, base, twoShifts, versionOf } from './base.ts';

/** They roll back when nothing disturbs them. */
export const rollbackBases: readonly Base[] = [
  base({
    name: 'hooked-rollback',
    description:
      'a function refuses before the second shift, and two run after the rollback, one of which fails',
    service: { routes: ['rule'] },
    request: {
      ...twoShifts(50, BAKE),
      hooks: [
        smallHook('gate', ['POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT'], { steps: [2] }),
        smallHook('undo', ['ROLLBACK']),
        smallHook('page', ['ROLLBACK']),
      ],
    },
    hook: async ({ stage, hook, hookDetails }) => {
      if (stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT')
        return { hookStatus: 'FAILED', reason: 'the second shift is not to be' };
      if (stage !== 'ROLLBACK') return { hookStatus: 'SUCCEEDED' };
      if (hook === 'page') return { hookStatus: 'FAILED', reason: 'nobody is on call' };
      const { asked } = Object(hookDetails);
      return asked === true
        ? { hookStatus: 'SUCCEEDED' }
        : { hookStatus: 'IN_PROGRESS', callBackDelay: 30, hookDetails: { asked: true } };
    },
    ends: 'rolledBack',
    faults: [
      'hooks-misbehave',
      'hook-stopped',
      'hook-writes-weights',
      'foreign-writes',
      'stopped',
      'dies-after',
      'times-out',
      'twice',
      'alarm',
      'aborted',
    ],
  }),
  base({
    name: 'autoscaled-rollback',
    description: 'the same, and the version never becomes healthy',
    service: { scaled: true },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE, timeToHealthy: '1m', autoscaling: 'suspendAll' },
    version: versionOf('never-healthy'),
    ends: 'rolledBack',
  }),
  base({
    name: 'grows-rollback',
    description: 'the same, and the version answers errors while it is small',
    service: { tasks: 4 },
    request: { ...twoShifts(20, '8m'), capacity: 'followWeight' },
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-alarm',
    description: 'the version answers errors and its alarm rolls it back',
    service: { routes: ['rule'] },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-sticky',
    description:
      'the same behind a sticky route: a blue that ends leaves it, and is checked again when it is back',
    service: { routes: ['rule'], sticky: true },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
    faults: ['colours-die', 'stopped'],
  }),
  base({
    name: 'takes-over-back',
    description:
      "users come back to the service with ECS's own controller, by sticky routes, from a bad version",
    service: { takesOver: true, sticky: true },
    request: twoShifts(50, '4m'),
    version: versionOf('errors:50%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'recovered-back',
    description: 'two routes, and it is stopped in the first bake: its recovery gives users back to blue',
    service: { routes: ['default', 'rule'] },
    request: twoShifts(20, BAKE),
    stoppedAt: 'Bake',
    // As for the one that is recovered forward.
    without: ['closed-by-hand'],
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-slow',
    description:
      'the version answers nobody, and green takes ten minutes to drain: somebody may write while nobody listens there',
    service: { routes: ['rule'], drainSeconds: 600 },
    request: twoShifts(20, '8m'),
    version: versionOf('errors:100%'),
    ends: 'rolledBack',
  }),
  base({
    name: 'rollback-sick',
    description: 'the version never becomes healthy',
    request: { strategy: 'AllAtOnce', keepBlue: BAKE, timeToHealthy: '1m' },
    version: versionOf('never-healthy'),
    ends: 'rolledBack',
  }),
  base({
    name: 'network-sick',
    description: 'the same behind a network load balancer',
    service: { name: BEHIND_NETWORK },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
    version: versionOf('never-healthy'),
    ends: 'rolledBack',
    faults: [
      'foreign-writes',
      'foreign-ecs',
      'colours-die',
      'unwell-colours',
      'stopped',
      'comes-again',
      'stale-reads',
    ],
  }),
];
