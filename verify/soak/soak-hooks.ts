import { MINUTE_MS } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { type HookBehaviourRow, hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import { pick, type Random, seededRandom } from '../../sim/kernel/random.ts';
import type { World } from '../../sim/world.ts';

/** Hooks of the soak's deployments. One's name begins with what it does, and so does its function's. */

/** Passing most often, so that deployments reach their later stages. */
const BEHAVIOURS = [
  'passes',
  'passes',
  'passes',
  'passes',
  'in-progress',
  'flaky',
  'fails',
  'crashes',
  'garbage',
  'hangs',
  'times-out',
  'late',
] as const;

const STAGES = [
  ['PRE_SCALE_UP'],
  ['POST_SCALE_UP'],
  ['POST_TEST_TRAFFIC_SHIFT'],
  ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
  ['POST_PRODUCTION_TRAFFIC_SHIFT'],
  ['ROLLBACK'],
  ['POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK'],
] as const;

const MOST_HOOKS = 3;
const GIVEN = { reason: 'it is not ready', count: 1 };
/** Shorter than a hook that hangs, longer than one that is asked again. */
const TIMEOUT_MS = 2 * MINUTE_MS;

const functionArn = (behaviour: string): string =>
  `arn:aws:lambda:us-east-1:111122223333:function:${behaviour}:live`;

const hookFrom = (random: Random, index: number): Record<string, unknown> => {
  const behaviour = pick(random, BEHAVIOURS);
  const row: HookBehaviourRow = hookBehaviours[behaviour];
  const stages = pick(random, STAGES);
  const kind = random.between(0, 5);
  const asked = kind === 1 && !stages.some((stage) => stage === 'ROLLBACK');
  const asTask = kind === 0 && row.task !== undefined;
  const runs = asTask
    ? { task: { taskDefinition: 'green' }, onAbort: pick(random, ['stop', 'wait']) }
    : asked
      ? { approval: true }
      : { lambda: functionArn(behaviour) };
  return {
    name: `${behaviour}_${index}`,
    stages,
    timeout: formatDuration(TIMEOUT_MS),
    onTimeout: pick(random, ['rollBack', 'rollBack', 'continue']),
    onFailure: pick(random, ['rollBack', 'rollBack', 'continue']),
    ...runs,
  };
};

/** By a chance of their own, so that what the seed stands for beside them stays. `of`: the deployment, `shop:2`. */
export const hooksFrom = (seed: number, of: string): { hooks?: Record<string, unknown>[] } => {
  const random = seededRandom(seed, `hooks of ${of}`);
  if (random.next() >= 0.35) return {};
  const count = random.between(1, MOST_HOOKS);
  return { hooks: Array.from({ length: count }, (_, index) => hookFrom(random, index)) };
};

/** Makes the hooks of every deployment behave by their names. */
export const armHooks = ({ functions, ecs }: World): void => {
  for (const behaviour of BEHAVIOURS)
    functions.install(functionArn(behaviour), hookBehaviours[behaviour].behave(GIVEN));
  ecs.playTasks(({ CUTOVER_HOOK: name = '' }) => {
    const behaviour = BEHAVIOURS.find((one) => name.startsWith(`${one}_`)) ?? 'passes';
    const row: HookBehaviourRow = hookBehaviours[behaviour];
    return (row.task ?? hookBehaviours.passes.task)(GIVEN, { timeoutMs: TIMEOUT_MS });
  });
};
