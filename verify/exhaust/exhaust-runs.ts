import { seededRandom } from '../../sim/kernel/random.ts';
import type { ProofFault } from '../faults/fault.types.ts';
import { faultNamed } from '../faults/faults.ts';
import type { Span } from '../faults/span.ts';
import { describePoint, idOf, type Point } from '../stage/points.ts';
import type { Base } from './base.ts';
import { baseNamed } from './bases.ts';
import { besideId, drawBeside, withBeside } from './beside.ts';
import { prove, type Undisturbed, undisturbed } from './prove.ts';

/**
 * So many runs of each base and fault, at points that the seed draws; without it there is one at every point. In
 * `pairs` each run has a second fault beside the first, drawn by the seed, too.
 */
export type Sample = { runs: number; seed: number; pairs?: true };

/** One fault at the points of one base: what a worker is asked for, and what it answers. */
export type Task = { base: string; fault: string; sample?: Sample };

export type Failure = { point: string; pointId: string; beside?: string; problems: string[] };

export type TaskResult = Task & {
  points: number;
  passed: number;
  /** The fault has no meaning at the point, or finds nothing to strike there. */
  notApplicable: number;
  failures: Failure[];
  /** Why a run is not what it should be yet, for each such run. */
  notYetHeld: string[];
  milliseconds: number;
};

const known = new Map<string, Undisturbed>();

/** Each worker plays the undisturbed run once a base. */
const undisturbedOf = async (base: Base): Promise<Undisturbed> => {
  const before = known.get(base.name) ?? (await undisturbed(base));
  known.set(base.name, before);
  return before;
};

const shuffled = (points: readonly Point[], seed: number, label: string): Point[] => {
  const random = seededRandom(seed, label);
  const left = [...points];
  return points.flatMap(() => left.splice(random.between(0, left.length - 1), 1));
};

/** The points after this one that are not known yet. */
const spanAfter = (
  { kind, at }: Point,
  points: readonly Point[],
  fault: ProofFault,
  nothing: Set<string>,
): Span => ({
  later: new Set(
    points.flatMap((point) =>
      point.kind === kind && point.at > at && !nothing.has(idOf(point)) && fault.arm(point) !== null
        ? [point.at]
        : [],
    ),
  ),
  nothingAt: (found) => nothing.add(`${kind}:${found}`),
});

export const runTask = async ({ base: baseName, fault: faultName, sample }: Task): Promise<TaskResult> => {
  const startedMs = performance.now();
  const base = baseNamed(baseName);
  const fault = faultNamed(faultName);
  if (base === undefined || fault === undefined) throw new Error(`there is no ${baseName} x ${faultName}`);

  const before = await undisturbedOf(base);
  const points = before.points.filter(({ kind }) => base.faults === undefined || kind === 'state');
  const result = { points: points.length, passed: 0, notApplicable: 0 };
  const notYetHeld: string[] = [];
  const failures: Failure[] =
    before.problems.length === 0
      ? []
      : [{ point: 'the undisturbed run', pointId: 'none', problems: before.problems }];
  const order = sample === undefined ? points : shuffled(points, sample.seed, `${baseName} ${faultName}`);

  const enough = (): boolean =>
    result.passed + notYetHeld.length + failures.length >= (sample?.runs ?? Number.POSITIVE_INFINITY);
  /** Where a run for another point has shown that there is nothing to strike. */
  const nothing = new Set<string>();
  const random = seededRandom(sample?.seed ?? 0, `${baseName} ${faultName} beside`);
  for (const point of before.problems.length === 0 ? order : []) {
    if (enough()) break;
    const beside = sample?.pairs === true ? drawBeside(base, points, fault, random) : null;
    // Where nothing is to strike without a second fault there may be something with it.
    const span = beside === null ? { span: spanAfter(point, points, fault, nothing) } : {};
    const played = beside === null ? fault : withBeside(fault, beside);
    const verdict = nothing.has(idOf(point)) ? null : await prove(base, before, point, played, span);
    if (verdict?.kind === 'passed') result.passed += 1;
    else if (verdict?.kind === 'notYetHeld') notYetHeld.push(...verdict.entries);
    else if (verdict?.kind === 'failed') {
      failures.push({
        point: describePoint(point),
        pointId: idOf(point),
        ...(beside === null ? {} : { beside: besideId(beside) }),
        problems: verdict.problems,
      });
    } else result.notApplicable += 1;
  }
  return {
    base: baseName,
    fault: faultName,
    ...result,
    failures,
    notYetHeld,
    milliseconds: performance.now() - startedMs,
  };
};
