import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Departure } from '../../sim/ecs/ecs.types.ts';
import { setOf, UNTIL_SOMEBODY_ACTS, type WorldFault } from './world-fault.types.ts';

/** Colours whose checks and whose answers disagree: users fail while checks pass, and the other way round. */

type Colour = 'blue' | 'green';

/** Three whole minutes of metrics and their lag: long enough for everything that reads them to see it. */
const UNWELL_MS = 5 * MINUTE_MS;

const departs = (
  name: string,
  colour: Colour,
  description: string,
  departure: Departure,
  mayLose: WorldFault['mayLose'],
  does?: WorldFault['does'],
): WorldFault => ({
  name,
  description,
  mayLose,
  ...(does === undefined ? {} : { does }),
  apply: (scene) => {
    const set = setOf(scene, colour);
    return set !== undefined && scene.world.ecs.depart(set.id, departure, UNWELL_MS)
      ? null
      : `no ${colour} task runs that could be made to`;
  },
});

const answersErrors = (colour: Colour): WorldFault =>
  departs(
    `colour-errors:${colour}`,
    colour,
    `${colour} answers every request with 5xx for five minutes, and its health checks pass`,
    { behaviour: { errorShare: () => 1 } },
    {
      causes: ['versionError'],
      seconds: UNWELL_MS / SECOND_MS,
      because: 'no health check shows it: metrics do, within minutes, and only to a bake that lasts as long',
    },
  );

/** ECS replaces what fails its checks: while it does, nobody is there. */
const REPLACED = {
  causes: ['emptyGroup', 'sickTarget', 'deadTarget', 'stoppedBeforeDrained'],
  seconds: UNTIL_SOMEBODY_ACTS,
  because:
    'ECS stops the tasks that fail their checks, all at once and again and again, until users are moved',
} as const;

/** Within a grace period nobody is stopped, and everybody is served all the while. */
const SERVED = {
  causes: [],
  seconds: 0,
  because: 'its tasks answer everybody, and ECS leaves them',
} as const;

const failsChecks = (colour: Colour): WorldFault =>
  departs(
    `checks-fail:${colour}`,
    colour,
    `${colour} answers every request and fails its health checks for five minutes; ECS replaces its tasks`,
    { behaviour: { answersHealthCheck: () => false } },
    REPLACED,
    'failsChecks',
  );

const failsChecksAndStays = (colour: Colour): WorldFault =>
  departs(
    `checks-fail:${colour}:kept`,
    colour,
    `${colour} answers every request and fails its health checks for five minutes; ECS leaves its tasks`,
    { behaviour: { answersHealthCheck: () => false }, kept: true },
    SERVED,
    'failsChecks',
  );

/** Longer than any health check of the proof waits, and shorter than a browser does. */
const SLOW_MS = 10 * SECOND_MS;

const slow = (colour: Colour): WorldFault =>
  departs(
    `slow:${colour}`,
    colour,
    `${colour} takes ${SLOW_MS / SECOND_MS} s for each answer for five minutes: its health checks time out`,
    { behaviour: { responseMs: () => SLOW_MS } },
    REPLACED,
    'failsChecks',
  );

export const unwellColours = {
  'colour-errors:green': answersErrors('green'),
  'checks-fail:blue': failsChecks('blue'),
  'checks-fail:blue:kept': failsChecksAndStays('blue'),
  'slow:blue': slow('blue'),
  'checks-fail:green': failsChecks('green'),
  'checks-fail:green:kept': failsChecksAndStays('green'),
  'slow:green': slow('green'),
  'colour-errors:blue': answersErrors('blue'),
} as const satisfies Record<string, WorldFault>;
