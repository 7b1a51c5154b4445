import { stepNames } from '../../statemachine/contract.ts';
import { spread } from '../pool.ts';
import { playedDeployments } from './deployments.ts';
import { outsidePlays } from './outside-plays.ts';
import { type Ending, playOutside, prepare } from './play.ts';
import { endOf, type RowTask, roundedSeconds, rowTasks } from './rows.ts';
import type { Row, Seen } from './seen.types.ts';

const backSecondsOf = ({ backAfterMs }: Ending): number | null =>
  backAfterMs === null ? null : roundedSeconds(backAfterMs);

const reads = /^(Describe|List|Get|Query)/;

/** Plays everything that the document describes; a quarter of a minute's work for each of four cores. */
export const see = async (): Promise<Seen> => {
  const rows = await spread<Row[], RowTask>(rowTasks(), undefined, new URL('./worker.ts', import.meta.url));

  const undisturbed: Seen['undisturbed'] = {};
  const calls = new Map<string, Set<string>>(stepNames.map((name) => [name, new Set()]));
  for (const played of playedDeployments) {
    const { ending, points } = (await prepare(played)).undisturbed;
    undisturbed[played.name] = {
      ends: endOf(ending),
      backSeconds: backSecondsOf(ending),
      endedSeconds: roundedSeconds(ending.endedAfterMs),
    };
    for (const point of points) if (point.kind === 'call') calls.get(point.step)?.add(point.operation);
  }
  const seenOutside: Seen['outside'] = {};
  for (const [name, { played, disturb }] of Object.entries(outsidePlays)) {
    const ending = await playOutside(played, disturb);
    const usual = undisturbed[played.name];
    seenOutside[name] = {
      ends: endOf(ending),
      backSeconds: backSecondsOf(ending),
      endedSeconds: roundedSeconds(ending.endedAfterMs),
      lost: usual === undefined ? {} : ending.losses,
      left: [...ending.left, ...ending.broken],
    };
  }
  const byReading = (a: string, b: string): number =>
    Number(!reads.test(a.split(' ')[1] ?? '')) - Number(!reads.test(b.split(' ')[1] ?? '')) ||
    (a < b ? -1 : 1);
  return {
    undisturbed,
    calls: Object.fromEntries(
      [...calls].map(([step, operations]) => [step, [...operations].sort(byReading)]),
    ),
    rows: rows.flat(),
    outside: seenOutside,
  };
};
