import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { groupArn, listenerArn, quickHealthy, type SmallService } from '../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../verify/stage/small-world.ts';
import { runStage, type Stage } from '../verify/stage/stage.ts';

/**
 * How many of an hour's requests fail when a colour dies: five situations, and what they cost before users were moved
 * to where they are served. Before: the same situations played with the release before, the last one without a green
 * that grows as it rolls back. Simulated: the rule alone, in a model of its own (docs/placing-users.md).
 */

const REQUESTS_AN_HOUR = 75_000;
const TASKS = 4;
/** Four tasks run at this share of what they can do; what comes beyond that is answered with an error. */
const UTILISATION = 0.6;
const PER_SECOND = REQUESTS_AN_HOUR / 3_600;
const canOf = (tasks: number): number => PER_SECOND / tasks / UTILISATION;

const shop: SmallService = { name: 'shop', routes: ['default'], sticky: false, first: false };

const failing = (share: number, tasks: number): Behaviour => ({
  ...quickHealthy,
  name: `errors ${share}`,
  errorShare: (_sinceMs, perSecond) =>
    1 - (1 - share) * Math.min(1, canOf(tasks) / Math.max(perSecond, canOf(tasks))),
});

type Situation = {
  name: string;
  /** Tasks of the service; absent: four. Green grows with its weight where that is said. */
  tasks?: number;
  capacity?: 'followWeight';
  before: number;
  simulated: number | null;
  /**
   * Requests that must not be exceeded: what was measured, and at most 15 % more, since one seed plays always alike.
   */
  limit: number;
  greenFails: number;
  shifts: { greenPct: number; bake: string }[];
  /** Begins the trouble, and calls `begin` then. */
  play(stage: Stage, begin: () => void): void;
};

/** All but so many of blue's tasks die at once, and none that ECS starts within the hour can run. */
const killBlue = ({ world: { ecs } }: Stage, left: number, tasks = TASKS): void => {
  for (let dead = left; dead < tasks; dead += 1) ecs.killTask('blue');
};

const NO_CAPACITY = {
  stopCode: 'TaskFailedToStart',
  stoppedReason: 'CannotPullContainerError: no such image',
};

const abort = ({ orchestrator }: Stage): void => {
  const message = {
    cluster: 'proof',
    service: shop.name,
    command: 'abort',
    by: 'ada',
    reason: '',
    id: 'c_1',
  };
  void orchestrator.lambda.invoke('Command', message, { executionArn: undefined });
};

const entering = ({ world: { kernel } }: Stage, state: string, nth: number, happens: () => void): void => {
  let seen = 0;
  kernel.onEvent(({ kind, data }) => {
    if (kind !== 'step' || data?.phase !== 'entered' || data.state !== state) return;
    seen += 1;
    if (seen === nth) kernel.scheduler.after(SECOND_MS, happens);
  });
};

const LATER_MS = 6 * MINUTE_MS;
/** Before anybody may expect that a green without a working answer is noticed: it is the abort that finds it. */
const SOON_MS = 3 * MINUTE_MS;
const later = ({ world: { kernel } }: Stage, happens: () => void, afterMs = LATER_MS): void => {
  kernel.scheduler.after(afterMs, happens);
};

/** Long enough at a share for everything that is played there. */
const longAt = (greenPct: number): Situation['shifts'] => [
  { greenPct, bake: '3h' },
  { greenPct: 100, bake: '10m' },
];

const situations: Situation[] = [
  {
    name: 'rolling back at 50 %: blue 0 of 4, green 4 of 4 and 5 % errors',
    before: 39_369,
    simulated: 4_195,
    limit: 4_500,
    greenFails: 0.05,
    shifts: longAt(50),
    play: (stage, begin) =>
      later(stage, () => {
        begin();
        killBlue(stage, 0);
        abort(stage);
      }),
  },
  {
    name: 'rolling back at 100 %: blue 1 of 4, green answers 5xx alone',
    before: 74_988,
    simulated: 44_202,
    limit: 50_000,
    greenFails: 1,
    shifts: [{ greenPct: 100, bake: '3h' }],
    play: (stage, begin) =>
      later(
        stage,
        () => {
          begin();
          killBlue(stage, 1);
          abort(stage);
        },
        SOON_MS,
      ),
  },
  {
    name: 'baking at 10 %: blue 0 of 4, nothing demanded',
    before: 67_489,
    simulated: 844,
    limit: 240,
    greenFails: 0,
    shifts: longAt(10),
    play: (stage, begin) =>
      later(stage, () => {
        begin();
        killBlue(stage, 0);
      }),
  },
  {
    name: 'green gone, and somebody gives it everything',
    before: 74_988,
    simulated: 937,
    limit: 170,
    greenFails: 0,
    shifts: longAt(10),
    play: (stage, begin) => {
      later(stage, () => abort(stage));
      entering(stage, 'WaitForRemoval', 2, () => {
        begin();
        stage.foreignWrite();
        const groups = [
          { targetGroupArn: groupArn(shop.name, 'a'), weight: 0 },
          { targetGroupArn: groupArn(shop.name, 'b'), weight: 100 },
        ];
        stage.world.elbv2.foreignWrite(listenerArn(shop.name), groups, 'terraform apply');
      });
    },
  },
  {
    name: 'rolling back at 10 %: blue 2 of 10, green as small as its weight',
    tasks: 10,
    capacity: 'followWeight',
    before: 25_083,
    simulated: null,
    limit: 260,
    greenFails: 0,
    shifts: longAt(10),
    play: (stage, begin) =>
      later(stage, () => {
        begin();
        killBlue(stage, 2, 10);
        abort(stage);
      }),
  },
];

const worldOf = (tasks: number) => {
  const world = structuredClone(smallWorld([shop]));
  for (const service of world.services) {
    service.desiredCount = tasks;
    for (const set of service.taskSets ?? [])
      Object.assign(set, { computedDesiredCount: tasks, runningCount: tasks });
  }
  if (world.traffic !== undefined) world.traffic.requestsPerSecond = PER_SECOND;
  return world;
};

const measure = async ({
  tasks = TASKS,
  capacity,
  greenFails,
  shifts,
  play,
}: Situation): Promise<{ failed: number; outcome: string }> => {
  let begun = false;
  let failed: number | undefined;
  let restOfTheHour = async (): Promise<void> => {};
  const result = await runStage({
    world: worldOf(tasks),
    behaviourOf: (arn) => {
      if (!arn.endsWith(':1')) return failing(greenFails, tasks);
      return begun ? { ...failing(0, tasks), cannotStart: NO_CAPACITY } : failing(0, tasks);
    },
    seed: 1,
    deployments: [
      {
        service: shop,
        // Only users' places are measured: no error ends the deployment by itself.
        request: {
          ...smallRequest(shop),
          alarms: [],
          analysis: { errors: 'advise' },
          shifts,
          ...(capacity === undefined ? {} : { capacity }),
        },
        startAfterMs: 0,
      },
    ],
    disturb: (stage) => {
      const { traffic, kernel } = stage.world;
      play(stage, () => {
        begun = true;
        const before = traffic.totals().failed;
        const endMs = kernel.scheduler.nowMs() + HOUR_MS;
        kernel.scheduler.after(HOUR_MS, () => {
          failed = traffic.totals().failed - before;
          begun = false;
        });
        restOfTheHour = () => kernel.scheduler.run(() => false, endMs + SECOND_MS);
      });
    },
  });
  await restOfTheHour();
  if (failed === undefined || result.violations.length > 0)
    throw new Error(
      `expected a safe hour, found ${JSON.stringify([failed, result.violations, result.problems, result.ends])}`,
    );
  return { failed, outcome: result.ends[0]?.outcome?.kind ?? 'not ended' };
};

const cell = (count: number | null): string => (count?.toLocaleString('en') ?? '').padStart(9);

process.stdout.write(
  `failed of ${REQUESTS_AN_HOUR.toLocaleString('en')} requests in an hour; ${TASKS} or 10 tasks at ` +
    `${100 * UTILISATION} % of what they can do\n\n` +
    `${' '.repeat(66)}   before      now   simulated  it ended\n`,
);
let worse = 0;
for (const situation of situations) {
  const { failed, outcome } = await measure(situation);
  if (failed > situation.limit) worse += 1;
  process.stdout.write(
    `${situation.name.padEnd(64)}${cell(situation.before)}${cell(failed)}   ` +
      `${cell(situation.simulated)}  ` +
      `${outcome}${failed > situation.limit ? `  MORE THAN ${situation.limit}` : ''}\n`,
  );
}
process.exitCode = worse === 0 ? 0 : 1;
