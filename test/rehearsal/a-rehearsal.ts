import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RehearsalOptions, RehearsalReport, Status } from '../../rehearsal/rehearsal.types.ts';
import { rehearse } from '../../rehearsal/rehearse.ts';
import type { CallFault } from '../../sim/kernel/call.types.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import { loadWorld } from '../../sim/load-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import type { World } from '../../sim/world.ts';

export const examples = ['shop', 'canary', 'sticky', 'first-deployment'] as const;
export type Example = (typeof examples)[number];

const fromRepository = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

const worlds = new Map<Example, WorldSeed>();

/** Loaded once: a rehearsal does not change the description it starts from. */
export const worldOf = (example: Example): WorldSeed => {
  const known = worlds.get(example);
  if (known !== undefined) return known;
  const loaded = loadWorld(fromRepository(`examples/${example}/world`));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  worlds.set(example, loaded.seed);
  return loaded.seed;
};

export const requestOf = (example: Example): Record<string, unknown> =>
  JSON.parse(readFileSync(fromRepository(`examples/${example}/request.json`), 'utf8'));

export type RunOptions = {
  example?: Example;
  /** Merged into the example's request; a member that is undefined leaves it out. */
  request?: Record<string, unknown>;
  world?: WorldSeed;
  version?: string;
  inject?: string[];
  hooks?: string[];
  seed?: number;
  onWorld?(world: World): void;
  drive?: RehearsalOptions['drive'];
};

export type Run = {
  report: RehearsalReport;
  /** As the run left it. */
  world: World;
  events: { event: SimEvent; status: Status }[];
  /** As the run found it. */
  before: Pick<ReturnType<typeof picture>, 'routes' | 'taskSets'>;
};

const picture = (world: World) => ({
  routes: world.elbv2.routes().map(({ arn, label, groups, stickiness, fingerprint }) => ({
    arn,
    label,
    groups,
    stickiness,
    fingerprint,
  })),
  taskSets: world.ecs.taskSets().map(({ id, status, scalePercent }) => ({ id, status, scalePercent })),
});

/** One rehearsal of an example, with the world kept for a read of it afterwards. */
export const run = async ({
  example = 'shop',
  request,
  world: seed,
  ...options
}: RunOptions = {}): Promise<Run> => {
  const events: Run['events'] = [];
  let kept: World | undefined;
  let before: Run['before'] | undefined;
  const report = await rehearse({
    request: { ...requestOf(example), ...request },
    world: seed ?? worldOf(example),
    version: options.version ?? 'healthy',
    inject: options.inject ?? [],
    ...(options.hooks === undefined ? {} : { hooks: options.hooks }),
    seed: options.seed ?? 1,
    ...(options.drive === undefined ? {} : { drive: options.drive }),
    onEvent: (event, status) => events.push({ event, status }),
    onWorld: (world) => {
      kept = world;
      before = picture(world);
      options.onWorld?.(world);
    },
  });
  if (kept === undefined || before === undefined) throw new Error('the rehearsal had no world');
  return { report, world: kept, events, before };
};

/** From now on every call of one operation, or of one step's, ends like this. */
export const always =
  (fault: CallFault, of: { operation: string; by?: string; from?: number }) =>
  ({ kernel }: World): void => {
    let seen = 0;
    kernel.intercept((call) => {
      if (call.operation !== of.operation || (of.by !== undefined && call.by !== of.by)) return undefined;
      seen += 1;
      return seen >= (of.from ?? 1) ? fault : undefined;
    });
  };

/** Green's share of each route in percent, a lone group's being all. */
const shares = (groups: { targetGroupArn: string; weight: number }[]): Record<string, number> => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const part = (weight: number) => (groups.length === 1 ? 100 : (100 * weight) / (total || 1));
  return Object.fromEntries(
    groups
      .map(({ targetGroupArn, weight }) => [targetGroupArn, part(weight)] as const)
      .filter(([, share]) => share > 0),
  );
};

const sharesByRoute = (routes: Run['before']['routes']) =>
  Object.fromEntries(routes.map(({ arn, groups }) => [arn, shares(groups)]));

/**
 * Invariant 6 by a read of the world that shares no code with core/safety/convergence.ts: one task set serves, the
 * other is gone, nothing is held, and the report says which way it went.
 */
export const expectConverged = ({ report, world, before }: Run): void => {
  const after = picture(world);
  const leases = world.dynamoDb.items().filter(({ pk, holder }) => pk === 'leases' && holder !== undefined);
  const restored = sharesByRoute(before.routes);

  expect(report.invariantViolations).toEqual([]);
  expect(report.leftovers).toEqual([]);
  expect(leases).toEqual([]);
  expect(report.record).not.toBeNull();
  if (report.outcome === 'succeeded') {
    const known = before.taskSets.map(({ id }) => id);
    expect(after.taskSets).toEqual([
      { id: expect.stringMatching(/^ecs-svc\/\d+$/), status: 'PRIMARY', scalePercent: 100 },
    ]);
    expect(known).not.toContain(after.taskSets[0]?.id);
    const green = new Set(Object.values(sharesByRoute(after.routes)).flatMap(Object.keys));
    expect([...green]).toHaveLength(1);
    return;
  }
  expect(report.outcome).toBe('rolledBack');
  expect(after.taskSets).toEqual(before.taskSets);
  expect(sharesByRoute(after.routes)).toEqual(restored);
};

/** When something was first said, seconds since the start. */
export const secondsAt = ({ events }: Run, what: RegExp): number => {
  const found = events.find(({ event }) => what.test(event.what));
  if (found === undefined) throw new Error(`nothing of the run reads like ${what}`);
  return found.status.sinceStartMs / 1_000;
};
