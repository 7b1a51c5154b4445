import { seededRandom } from '../../sim/kernel/random.ts';
import { spread } from '../pool.ts';
import type { Origin } from './origins.ts';
import { type MoveVerdict, moveRuns, undisturbedMove } from './prove-move.ts';
import { unattendedRuns } from './prove-unattended.ts';
import type { AnyRun, MoveWork } from './worker.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** Few enough that a slow thread holds up nobody, and enough that handing them out costs nothing. */
const RUNS_A_PIECE = 20;

type MoveProof = {
  origin: string;
  points: number;
  runs: number;
  /** Of them those in which the command dies and then a service falls ill. */
  unattended: number;
  failed: MoveVerdict[];
  problems: string[];
};

/** Reads that a seed draws; every write is in it anyway. */
type Sample = { reads: number; seed: number };

/** Every fault at every write, and at every read or those that are drawn. */
const chosen = (runs: readonly AnyRun[], origin: string, sample: Sample | undefined): AnyRun[] => {
  const reads = runs.filter(({ point }) => !point.write);
  const writes = runs.filter(({ point }) => point.write);
  if (sample === undefined) return [...writes, ...reads];
  const random = seededRandom(sample.seed, origin);
  const left = [...reads];
  const count = Math.min(sample.reads, reads.length);
  return [
    ...writes,
    ...Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)).flat(),
  ];
};

export const proveMoves = async (
  origins: readonly Origin[],
  { sample, everyCall = false }: { sample?: Sample | undefined; everyCall?: boolean },
  report: (proof: MoveProof) => void = () => undefined,
): Promise<MoveProof[]> => {
  const proofs: MoveProof[] = [];
  for (const { name, ...origin } of origins) {
    const { points, problems } = await undisturbedMove({ name, ...origin }, everyCall);
    const alone = chosen(unattendedRuns(points), `${name} unattended`, sample);
    const runs = [...chosen(moveRuns(points), name, sample), ...alone];
    const pieces: MoveWork[] = [];
    for (let at = 0; at < runs.length; at += RUNS_A_PIECE)
      pieces.push({ origin: name, runs: runs.slice(at, at + RUNS_A_PIECE) });
    const verdicts = (await spread<MoveVerdict[], MoveWork>(pieces, undefined, WORKER)).flat();
    const failed = verdicts.filter((verdict) => verdict.problems.length > 0);
    const proof = {
      origin: name,
      points: points.length,
      runs: runs.length,
      unattended: alone.length,
      failed,
      problems,
    };
    proofs.push(proof);
    report(proof);
  }
  return proofs;
};
