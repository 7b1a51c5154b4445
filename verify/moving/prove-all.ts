import { spread } from '../pool.ts';
import type { Origin } from './origins.ts';
import { type MoveRun, type MoveVerdict, moveRuns, undisturbedMove } from './prove-move.ts';
import type { MoveWork } from './worker.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** Few enough that a slow thread holds up nobody, and enough that handing them out costs nothing. */
const RUNS_A_PIECE = 20;

type MoveProof = {
  origin: string;
  points: number;
  runs: number;
  failed: MoveVerdict[];
  problems: string[];
};

/** Every fault at every write, and at every so many-th read. */
const chosen = (runs: readonly MoveRun[], everyRead: number): MoveRun[] => {
  const reads = runs.filter(({ point }) => !point.write);
  return [...runs.filter(({ point }) => point.write), ...reads.filter((_, at) => at % everyRead === 0)];
};

export const proveMoves = async (
  origins: readonly Origin[],
  everyRead: number,
  report: (proof: MoveProof) => void = () => undefined,
): Promise<MoveProof[]> => {
  const proofs: MoveProof[] = [];
  for (const { name, ...origin } of origins) {
    const { points, problems } = await undisturbedMove({ name, ...origin });
    const runs = chosen(moveRuns(points), everyRead);
    const pieces: MoveWork[] = [];
    for (let at = 0; at < runs.length; at += RUNS_A_PIECE)
      pieces.push({ origin: name, runs: runs.slice(at, at + RUNS_A_PIECE) });
    const verdicts = (await spread<MoveVerdict[], MoveWork>(pieces, undefined, WORKER)).flat();
    const failed = verdicts.filter((verdict) => verdict.problems.length > 0);
    const proof = { origin: name, points: points.length, runs: runs.length, failed, problems };
    proofs.push(proof);
    report(proof);
  }
  return proofs;
};
