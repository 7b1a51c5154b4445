import { minus } from '../stage/losses.ts';
import type { Point } from '../stage/points.ts';
import { type Place, type Played, playedDeployments, playedNamed } from './deployments.ts';
import { type ModelFault, modelFaults } from './faults.ts';
import { type Ending, prepare, type Stageable } from './play.ts';
import type { Row } from './seen.types.ts';

/** A release that is a little faster changes no row: fives of seconds, then minutes. */
export const roundedSeconds = (ms: number): number => {
  const seconds = ms / 1_000;
  const unit = seconds <= 120 ? 5 : 60;
  return Math.ceil(seconds / unit) * unit;
};

/** Nobody would call that late. */
const NOT_LATE_MS = 10_000;

export const endOf = ({ outcome, recoveries }: Ending): string => {
  if (recoveries === 0) return outcome;
  return `${outcome} by ${recoveries === 1 ? 'a recovery' : 'repeated recoveries'}`;
};

const placeOf = (point: Point): string => (point.kind === 'call' ? point.step : point.state);

const sameKind = (a: Point, b: Point): boolean =>
  a.kind === b.kind &&
  placeOf(a) === placeOf(b) &&
  (a.kind === 'call' && b.kind === 'call' ? a.operation === b.operation : true);

/** The first and the last of its kind: a step that reads ten times does not become safer by the eight in between. */
const worthRunning = (point: Point, points: readonly Point[]): boolean =>
  points.find((one) => sameKind(one, point)) === point ||
  points.findLast((one) => sameKind(one, point)) === point;

const rowOf = async (
  played: Played,
  { undisturbed, strike }: Stageable,
  place: Place,
  fault: ModelFault,
): Promise<Row | null> => {
  const here = undisturbed.points.filter((point) => placeOf(point) === place);
  const row: Row = {
    place,
    deployment: played.name,
    fault: fault.name,
    runs: 0,
    ends: {},
    backSeconds: null,
    lateSeconds: 0,
    lost: {},
    left: [],
  };
  for (const point of here.filter((one) => worthRunning(one, here))) {
    const ending = await strike(fault, point);
    if (ending === null) continue;
    if (ending.broken.length > 0) {
      throw new Error(
        `${fault.name} at ${JSON.stringify(point)} of "${played.name}": ${ending.broken.join('; ')}`,
      );
    }
    add(row, ending, undisturbed.ending);
  }
  return row.runs === 0 ? null : row;
};

const add = (row: Row, ending: Ending, usual: Ending): void => {
  const end = endOf(ending);
  row.runs += 1;
  row.ends[end] = (row.ends[end] ?? 0) + 1;
  if (ending.backAfterMs !== null) {
    const seconds = roundedSeconds(ending.backAfterMs);
    const [low, high] = row.backSeconds ?? [seconds, seconds];
    row.backSeconds = [Math.min(low, seconds), Math.max(high, seconds)];
  }
  if (end === endOf(usual)) {
    const lateMs = ending.endedAfterMs - usual.endedAfterMs;
    const late = lateMs <= NOT_LATE_MS ? 0 : roundedSeconds(lateMs);
    row.lateSeconds = Math.max(row.lateSeconds, late);
  }
  for (const [cause, count] of Object.entries(minus(ending.losses, usual.losses))) {
    row.lost[cause] = Math.max(row.lost[cause] ?? 0, count);
  }
  row.left = [...new Set([...row.left, ...ending.left])].sort();
};

/** One place of one deployment: what a worker is asked for. */
export type RowTask = { deployment: string; place: Place };

export const rowTasks = (): RowTask[] =>
  playedDeployments.flatMap(({ name, places }) => places.map((place) => ({ deployment: name, place })));

const prepared = new Map<string, Promise<Stageable>>();

/** Every fault at one place. */
export const rowsAt = async ({ deployment, place }: RowTask): Promise<Row[]> => {
  const played = playedNamed(deployment);
  const stageable = prepared.get(deployment) ?? prepare(played);
  prepared.set(deployment, stageable);
  const rows: Row[] = [];
  for (const fault of modelFaults.filter(({ name }) => played.notPlayed?.[name] === undefined)) {
    const row = await rowOf(played, await stageable, place, fault);
    if (row !== null) rows.push(row);
  }
  return rows;
};
