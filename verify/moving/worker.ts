import { parentPort } from 'node:worker_threads';
import { originNamed } from './origins.ts';
import { type MoveRun, proveMove } from './prove-move.ts';

/** Runs of one origin, one after the other. */
export type MoveWork = { origin: string; runs: readonly MoveRun[] };

parentPort?.on('message', ({ origin, runs }: MoveWork) => {
  const all = async () => {
    const verdicts = [];
    for (const run of runs) verdicts.push(await proveMove(originNamed(origin), run));
    return verdicts;
  };
  all().then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) => parentPort?.postMessage({ ok: false, error: `${origin}: ${String(error)}` }),
  );
});
