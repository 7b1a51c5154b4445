import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { USUAL_STALENESS } from '../../sim/ecs/view-history.ts';
import {
  foreignAddsGroup,
  foreignConditions,
  foreignGroup,
  foreignPriority,
  foreignRemovesGreen,
  foreignSplit,
  foreignSwap,
  foreignWeights,
} from './foreign-hands.ts';
import { scalingHands } from './foreign-scaling.ts';
import { ecsHands } from './foreign-task-sets.ts';
import { unwellColours } from './unwell-colours.ts';
import {
  type FaultScene,
  NOTHING,
  setOf,
  UNTIL_SOMEBODY_ACTS,
  type WorldFault,
} from './world-fault.types.ts';

/**
 * The catalogue of what comes upon a deployment from outside. `--inject` takes all of it; which of the programs that
 * prove plays which fault stands in verify/faults/players.ts.
 */

/** ECS notices a dead task within 5 s; a health check of the proof's world within 10. */
const NOTICED_SECONDS = 10;

/** As long as a person takes to see an alarm go red and green again; evaluation takes over then. */
const RED_MS = 5 * MINUTE_MS;

const STALE_MS = 30 * SECOND_MS;

/** As long as a zone or a capacity provider may have nothing left. */
const SHORT_MS = 5 * MINUTE_MS;

/** The fault by which reads are late, as its event's data name it. */
export const STALE_READS = 'stale-reads';

const stopped: WorldFault = {
  name: 'stopped',
  inject: 'stop-execution',
  description: 'the execution is stopped from outside',
  mayLose: NOTHING,
  apply: ({ stopExecution }) => (stopExecution() ? null : 'the execution has ended'),
};

const alarm: WorldFault = {
  name: 'alarm',
  description: 'an alarm goes red',
  mayLose: NOTHING,
  apply: ({ world, alarm: name }) => {
    if (name === undefined) return 'no alarm is watched';
    world.cloudWatch.setAlarm(name, 'ALARM', 'injected by the proof', { forMs: RED_MS });
    return null;
  },
};

const taskDies = (colour: 'green' | 'blue'): WorldFault => ({
  name: `${colour}-task-dies`,
  inject: `kill-task:${colour}`,
  does: 'killsTask',
  description: `one ${colour} task dies`,
  mayLose: {
    causes: ['deadTarget'],
    seconds: NOTICED_SECONDS,
    because: 'requests reach the dead task until ECS or a health check notices',
  },
  apply: (scene) => {
    const set = setOf(scene, colour);
    return set === undefined || scene.world.ecs.killTask(set.id) === undefined
      ? `no ${colour} task runs`
      : null;
  },
});

const staysShort = (colour: 'green' | 'blue'): WorldFault => ({
  name: `${colour}-stays-short`,
  inject: `stays-short:${colour}`,
  description: `one ${colour} task dies, and no other can be placed for five minutes`,
  mayLose: taskDies(colour).mayLose,
  apply: (scene) => {
    const why = taskDies(colour).apply(scene);
    const { ecs } = scene.world;
    for (const set of ecs.taskSetsOf(scene.serviceArn)) {
      if (scene.isGreen(set) === (colour === 'green')) ecs.holdLaunches(set.id, SHORT_MS);
    }
    return why;
  },
});

const mostlyDies = (colour: 'green' | 'blue'): WorldFault => ({
  name: `mostly-dies:${colour}`,
  description: `all ${colour} tasks but one die, and no other can be placed for five minutes`,
  mayLose: taskDies(colour).mayLose,
  apply: (scene) => {
    const { ecs } = scene.world;
    const set = setOf(scene, colour);
    if (set === undefined || set.runningCount < 2) return `fewer than two ${colour} tasks run`;
    ecs.holdLaunches(set.id, SHORT_MS);
    for (let left = set.runningCount; left > 1; left -= 1) ecs.killTask(set.id);
    return null;
  },
});

/** Runs as long as a health check needs to see a colour come back, and is gone again. */
const FLAP_MS = 2 * MINUTE_MS;
const FLAPS = 4;

const allDie = (colour: 'green' | 'blue', scene: FaultScene, heldMs: number): boolean => {
  const { ecs } = scene.world;
  const set = setOf(scene, colour);
  if (set === undefined) return false;
  ecs.holdLaunches(set.id, heldMs);
  let died = false;
  while (ecs.killTask(set.id) !== undefined) died = true;
  return died;
};

const NOBODY_THERE = {
  causes: ['emptyGroup', 'sickTarget', 'deadTarget'],
  seconds: UNTIL_SOMEBODY_ACTS,
  because: 'a colour without tasks serves nobody, until users are moved to the other or its tasks are back',
} as const;

const colourDies = (colour: 'green' | 'blue'): WorldFault => ({
  name: `colour-dies:${colour}`,
  description: `all ${colour} tasks die, and no other can be placed for five minutes`,
  mayLose: NOBODY_THERE,
  apply: (scene) => (allDie(colour, scene, SHORT_MS) ? null : `no ${colour} task runs`),
});

const colourFlaps = (colour: 'green' | 'blue'): WorldFault => ({
  name: `colour-flaps:${colour}`,
  description: `all ${colour} tasks die, come back after a minute and die again, ${FLAPS} times in all`,
  mayLose: NOBODY_THERE,
  apply: (scene) => {
    for (let flap = 1; flap < FLAPS; flap += 1)
      scene.world.kernel.scheduler.after(flap * FLAP_MS, () => allDie(colour, scene, FLAP_MS / 2));
    return allDie(colour, scene, FLAP_MS / 2) ? null : `no ${colour} task runs`;
  },
});

const staleReads: WorldFault = {
  name: STALE_READS,
  description: 'reads show the world of 30 s ago, for 30 s',
  mayLose: NOTHING,
  apply: ({ world: { ecs, elbv2, kernel } }) => {
    ecs.setStaleness(STALE_MS, STALE_MS);
    elbv2.setStaleness(STALE_MS);
    kernel.scheduler.after(STALE_MS, () => {
      ecs.setStaleness(USUAL_STALENESS.maxMs, USUAL_STALENESS.minMs);
      elbv2.setStaleness(0);
    });
    return null;
  },
};

/** Any split, any group, on all routes or one. */
const split = (weights: string): WorldFault => foreignSplit(`foreign-weights:${weights}`) as WorldFault;

/** By name, in the order that the soak's seeds draw from. */
export const worldFaults = {
  stopped,
  'foreign-weights': foreignWeights,
  'foreign-removes-green': foreignRemovesGreen,
  alarm,
  'green-task-dies': taskDies('green'),
  'blue-task-dies': taskDies('blue'),
  'stale-reads': staleReads,
  'green-stays-short': staysShort('green'),
  'blue-stays-short': staysShort('blue'),
  'colour-dies:blue': colourDies('blue'),
  'colour-dies:green': colourDies('green'),
  'colour-flaps:blue': colourFlaps('blue'),
  'colour-flaps:green': colourFlaps('green'),
  'foreign-weights:0/100': split('0/100'),
  'foreign-swap': foreignSwap,
  'foreign-weights:50/50': split('50/50'),
  'foreign-weights:0/100:one-route': split('0/100:one-route'),
  'foreign-weights:1/0': split('1/0'),
  'foreign-group': foreignGroup,
  'foreign-weights:100/0': split('100/0'),
  'foreign-adds-group': foreignAddsGroup,
  'foreign-weights:0/0': split('0/0'),
  ...ecsHands,
  ...unwellColours,
  ...scalingHands,
  'foreign-conditions': foreignConditions,
  'foreign-priority': foreignPriority,
  'mostly-dies:blue': mostlyDies('blue'),
  'mostly-dies:green': mostlyDies('green'),
} as const satisfies Record<string, WorldFault>;

export type WorldFaultName = keyof typeof worldFaults;

export const worldFaultNames = Object.keys(worldFaults) as WorldFaultName[];

/** By its name in the catalogue; `foreign-weights:BLUE/GREEN[:one-route]` takes any two weights. */
export const worldFaultNamed = (name: string): WorldFault | undefined =>
  (worldFaults as Record<string, WorldFault>)[name] ?? foreignSplit(name);

/** By the name that `--inject` has for it. */
export const injectedFaultNamed = (name: string): WorldFault | undefined =>
  Object.values<WorldFault>(worldFaults).find((fault) => (fault.inject ?? fault.name) === name) ??
  foreignSplit(name);
