import { faultNamed } from '../faults/faults.ts';
import { describePoint, idOf } from '../stage/points.ts';
import { type Base, baseNamed } from './bases.ts';
import { prove, type Undisturbed, undisturbed } from './prove.ts';

/** One fault at every point of one base: what a worker is asked for, and what it answers. */
export type Task = { base: string; fault: string };

export type Failure = { point: string; pointId: string; problems: string[] };

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

export const runTask = async ({ base: baseName, fault: faultName }: Task): Promise<TaskResult> => {
  const startedMs = performance.now();
  const base = baseNamed(baseName);
  const fault = faultNamed(faultName);
  if (base === undefined || fault === undefined) throw new Error(`there is no ${baseName} x ${faultName}`);

  const before = await undisturbedOf(base);
  const result = { points: before.points.length, passed: 0, notApplicable: 0 };
  const notYetHeld: string[] = [];
  const failures: Failure[] =
    before.problems.length === 0
      ? []
      : [{ point: 'the undisturbed run', pointId: 'none', problems: before.problems }];
  for (const point of before.problems.length === 0 ? before.points : []) {
    const verdict = await prove(base, before, point, fault);
    if (verdict?.kind === 'passed') result.passed += 1;
    else if (verdict?.kind === 'notYetHeld') notYetHeld.push(...verdict.entries);
    else if (verdict?.kind === 'failed') {
      failures.push({ point: describePoint(point), pointId: idOf(point), problems: verdict.problems });
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
