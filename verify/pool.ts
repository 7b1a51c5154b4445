import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Work as ProofWork } from './worker.ts';

type Answer = { ok: true; result: unknown } | { ok: false; error: string };

/** Runs pieces of work of the exhaust and of the soak. */
const PROOF_WORKER = new URL('./worker.ts', import.meta.url);

/**
 * Spreads work over the machine's cores, in threads that run `runsIn`. Answers come in the order of the work, no
 * matter which was faster, so that what is printed does not depend on the machine.
 */
export const spread = async <Result, Work = ProofWork>(
  works: readonly Work[],
  onResult: (result: Result) => void = () => undefined,
  runsIn: URL = PROOF_WORKER,
): Promise<Result[]> => {
  const results: (Result | undefined)[] = works.map(() => undefined);
  let next = 0;
  let reported = 0;
  const report = (): void => {
    for (
      let result = results[reported];
      reported < works.length && result !== undefined;
      result = results[reported]
    ) {
      onResult(result);
      reported += 1;
    }
  };

  const serve = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let at = -1;
      const give = (): void => {
        at = next++;
        const work = works[at];
        if (work === undefined) resolve();
        else worker.postMessage(work);
      };
      worker.on('error', reject);
      worker.on('message', (answer: Answer) => {
        if (!answer.ok) return reject(new Error(answer.error));
        results[at] = answer.result as Result;
        report();
        give();
      });
      give();
    });

  const workers = Array.from(
    { length: Math.min(availableParallelism(), works.length) },
    () => new Worker(runsIn),
  );
  try {
    await Promise.all(workers.map(serve));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results as Result[];
};
