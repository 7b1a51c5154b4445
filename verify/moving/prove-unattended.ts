import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import { shareIn, usersRoutes } from '../../core/adoption/roles.ts';
import { isBetween, SILENT_MS } from '../../core/adoption/unattended.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { CallFault } from '../../sim/kernel/call.types.ts';
import { eventRules } from '../../statemachine/event-rules.ts';
import { keptAt } from './kept-at.ts';
import { type MovedAccount, movedAccount } from './moved-account.ts';
import type { Origin } from './origins.ts';
import type { MovePoint } from './prove-move.ts';

/** The command dies at one of its calls, and then one of the two services loses its tasks. */
export type UnattendedRun = { point: MovePoint; fault: CallFault; ill: 'old' | 'new' };

type UnattendedVerdict = UnattendedRun & { problems: string[] };

/** At every call from the first sign of life on; before it users are where they were. */
export const unattendedRuns = (points: readonly MovePoint[]): UnattendedRun[] => {
  const first = points.find(({ name }) => name === SIGN)?.index ?? Number.POSITIVE_INFINITY;
  return points
    .filter(({ index }) => index >= first)
    .flatMap((point) => {
      const faults = point.write ? (['dieBefore', 'dieAfter'] as const) : (['dieBefore'] as const);
      return faults.flatMap((fault) => (['old', 'new'] as const).map((ill) => ({ point, fault, ill })));
    });
};

const SIGN = 'dynamodb:UpdateItem';

/** As docs/moving.md promises it: seen within a run, silent for so long, then the next run; tasks take their time to go. */
const BOUND_MS = 2 * eventRules.WatchMoves.everyMs + SILENT_MS + 30 * SECOND_MS;

/** As long again, in which nobody may be lost who could be served. */
const AFTER_MS = 5 * MINUTE_MS;

/** Routes by which users could be moved and still meet the service that is ill. */
const leftBehind = (
  { names, plan }: MovedAccount,
  observed: MoveObservation,
  ill: 'old' | 'new',
): string[] => {
  const roles = plan.roles(observed);
  const { from, to } = roles;
  if (from === null || to === null) return [];
  const healthy = (arn: string): number => observed.groups.find((group) => group.arn === arn)?.healthy ?? 0;
  if (healthy(ill === 'old' ? to : from) === 0) return [];
  return usersRoutes(names, observed, roles)
    .filter((route) => isBetween(route, { from, to }) && shareIn(route, ill === 'old' ? from : to) > 0)
    .map(({ label }) => `${label} still has users on the ${ill} service`);
};

/** Whether a route sends anybody to the service that is ill. */
const meetsIll = ({ names, plan }: MovedAccount, observed: MoveObservation, ill: 'old' | 'new'): boolean => {
  const roles = plan.roles(observed);
  return usersRoutes(names, observed, roles).some(
    (route) => shareIn(route, ill === 'old' ? roles.from : roles.to) > 0,
  );
};

/** The person's return: the last command again where it had begun, and else the way back. */
const notEnded = async (account: MovedAccount, goal: string): Promise<string[]> => {
  const { names, world } = account;
  const finished = goal === 'finish' ? await account.start('finish') : null;
  const end = finished?.kind === 'done' ? finished : await account.start('undo');
  await account.pass(MINUTE_MS);
  const left = world.ecs.services().map(({ name }) => name);
  const expected = finished?.kind === 'done' ? names.twin : names.old;
  return [
    ...(end.kind === 'done' ? [] : [`the person's return ended with ${JSON.stringify(end)}`]),
    ...(left.join() === expected ? [] : [`${left.join()} is there afterwards, expected ${expected}`]),
  ];
};

export const proveUnattended = async (origin: Origin, run: UnattendedRun): Promise<UnattendedVerdict> => {
  const { point, fault, ill } = run;
  const account = movedAccount(origin);
  const { names, world } = account;
  const problems: string[] = [];
  // As the run that the calls were counted in: its observation takes time, and signs come by the clock.
  await account.observe();
  account.failAt(point.index, fault);
  const way = await account.start('continue');
  const goal = point.goal === 'undo' || point.goal === 'finish' ? point.goal : 'continue';
  if (way.kind === 'done' && goal !== 'continue') await account.start(goal);
  const isThere = (name: string) => world.ecs.services().some((service) => service.name === name);
  if (!isThere(names.old) || !isThere(names.twin)) return { ...run, problems };

  const well = keptAt(account, ill === 'old' ? names.old : names.twin, 0);
  await account.pass(BOUND_MS);
  const observed = await account.observe();
  const had = world.traffic.totals().failed;
  problems.push(...leftBehind(account, observed, ill));
  await account.pass(AFTER_MS);
  const lost = world.traffic.totals().failed - had;
  if (lost > 0 && !meetsIll(account, observed, ill))
    problems.push(`${lost} requests were lost although nobody is on the ${ill} service`);

  well();
  await account.pass(2 * MINUTE_MS);
  problems.push(...(await notEnded(account, goal)));
  return { ...run, problems };
};
