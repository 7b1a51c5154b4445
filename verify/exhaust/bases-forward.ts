import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import { smallHook } from '../stage/small-hooks.ts';
import { BEHIND_NETWORK, groupArn, quickHealthy } from '../stage/small-names.ts';
import { BAKE, type Base, base, named, twoShifts } from './base.ts';

/** They succeed when nothing disturbs them. */
export const forwardBases: readonly Base[] = [
  base({
    name: 'all-at-once',
    description: 'everything in one shift, by a default action',
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
  }),
  base({
    name: 'canary',
    description: '20 %, then everything, by a rule',
    service: { routes: ['rule'] },
    request: twoShifts(20, BAKE),
  }),
  base({
    name: 'five-shifts',
    description: '5, 20, 50, 80 and 100 %',
    request: { shifts: [5, 20, 50, 80, 100].map((greenPct) => ({ greenPct, bake: BAKE })) },
  }),
  base({
    name: 'first',
    description: "a service's first deployment: nothing serves before it",
    service: { first: true },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
  }),
  base({
    name: 'takes-over',
    description:
      "the first version of a service gets the users of another one, which has ECS's own controller",
    service: { takesOver: true, routes: ['default', 'rule'] },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'two-routes',
    description: 'a default action and a rule move together',
    service: { routes: ['default', 'rule'] },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'crowded',
    description: "among other people's rules and groups, and green's group is in no route yet",
    service: { routes: ['default', 'rule'], crowded: true },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'instances',
    description: 'four tasks of each colour are ports of three container instances, which the colours share',
    service: { routes: ['default', 'rule'], onInstances: true, tasks: 4 },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'shared',
    description: 'another service has a rule of the same listener, and keeps it as it is',
    service: { routes: ['default', 'rule'] },
    neighbour: true,
    request: { ...twoShifts(50, BAKE), greenTargetGroup: groupArn('web', 'b') },
  }),
  base({
    name: 'reasserts',
    description: 'weights that somebody else writes are written back once',
    service: { routes: ['default', 'rule'] },
    request: { ...twoShifts(20, '3m'), onDrift: 'reassert' },
  }),
  base({
    name: 'sticky',
    description: 'group stickiness: blue leaves the action before it is retired',
    service: { sticky: true },
    request: twoShifts(30, BAKE),
  }),
  base({
    name: 'tested',
    description: 'green is tried by a rule of testers before its first user, then gets 50 %, then everything',
    service: { test: 'rule' },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'first-tested',
    description:
      'the same of a first deployment, on a listener of its own port: users are answered by nothing until it was tried',
    service: { first: true, test: 'listener' },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
  }),
  base({
    name: 'hooked',
    description:
      'functions are asked before launch, before users, while testers try green, and before each shift',
    service: { test: 'rule' },
    request: {
      ...twoShifts(50, BAKE),
      hooks: [
        smallHook('before', ['PRE_SCALE_UP', 'POST_SCALE_UP']),
        smallHook('smoke', ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT']),
        smallHook('after', ['POST_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK']),
      ],
    },
    hook: hookBehaviours.passes.behave(),
  }),
  base({
    name: 'held',
    description:
      'a function takes ten minutes before the first shift, and nobody observes anything meanwhile',
    request: {
      ...twoShifts(50, BAKE),
      hooks: [smallHook('slow', ['PRE_PRODUCTION_TRAFFIC_SHIFT'], { steps: 'first' })],
    },
    hook: async ({ hookDetails }) => {
      const { asked = 0 } = Object(hookDetails);
      return asked < 10
        ? { hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { asked: asked + 1 } }
        : { hookStatus: 'SUCCEEDED' };
    },
    faults: [
      'colours-die',
      'unwell-colours',
      'blue-task-dies',
      'blue-stays-short',
      'foreign-writes',
      'foreign-ecs',
      'stopped',
      'dies-after',
      'twice',
      'silent',
      'aborted',
    ],
  }),
  base({
    name: 'autoscaled',
    description: 'scaled by a target, by an alarm and by the clock, which adds a task in the middle',
    service: { scaled: true },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'grows',
    description:
      'green has the tasks that its weight takes, 30 % and everything, of four and from the first minute ' +
      'on of eight; each takes two minutes and a half to start',
    service: { scaled: true, tasks: 4 },
    request: { ...twoShifts(30, '1m'), capacity: 'followWeight', timeToHealthy: '10m' },
    version: { ...quickHealthy, name: 'slow to start', startMs: 150_000 },
  }),
  named(
    base({
      name: 'same-name',
      description: 'blue carries the name of this very deployment',
      request: twoShifts(50, BAKE),
    }),
    'web-7',
  ),
  base({
    name: 'network',
    description: 'behind a network load balancer, which follows weights within minutes and shows no answers',
    service: { name: BEHIND_NETWORK },
    request: twoShifts(50, BAKE),
  }),
  base({
    name: 'recovered',
    description:
      'two sticky routes, and it is stopped as it waits to retire blue: its recovery finishes what was promoted',
    service: { routes: ['default', 'rule'], sticky: true },
    request: { strategy: 'AllAtOnce', keepBlue: BAKE },
    stoppedAt: 'WaitToRetire',
    // Who closes the record and stops the execution has said twice that it is over; nobody starts it again.
    without: ['closed-by-hand'],
  }),
  base({
    name: 'long-bake',
    description:
      '20 % for two hours: between two of its own observations only the watch sees what users meet',
    service: { routes: ['rule'] },
    request: { ...twoShifts(20, '2h'), analysis: 'off' },
    faults: ['colours-die', 'unwell-colours', 'scarce-reads'],
  }),
];
