import { parentPort } from 'node:worker_threads';
import { originNamed } from './origins.ts';
import { type MoveRun, type MoveVerdict, proveMove } from './prove-move.ts';
import { proveUnattended, type UnattendedRun } from './prove-unattended.ts';

/** Runs of one origin, one after the other. */
export type MoveWork = { origin: string; runs: readonly AnyRun[] };

export type AnyRun = MoveRun | UnattendedRun;

const prove = async (origin: string, run: AnyRun): Promise<MoveVerdict> => {
  if ('reaction' in run) return proveMove(originNamed(origin), run);
  const { point, fault, ill, problems } = await proveUnattended(originNamed(origin), run);
  return { point, fault, next: `the ${ill} service loses its tasks`, problems };
};

parentPort?.on('message', ({ origin, runs }: MoveWork) => {
  const all = async () => {
    const verdicts = [];
    for (const run of runs) verdicts.push(await prove(origin, run));
    return verdicts;
  };
  all().then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) => parentPort?.postMessage({ ok: false, error: `${origin}: ${String(error)}` }),
  );
});
