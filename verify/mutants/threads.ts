import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HuntResult } from './hunt.ts';
import type { Answer, Job } from './worker.ts';

/** Runs one job in a thread of its own. @throws what the thread says went wrong. */
const runJob = (job: Job): Promise<HuntResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: job });
    worker.once('error', reject);
    worker.once('message', (answer: Answer) => {
      if (answer.ok) resolve(answer.result);
      else reject(new Error(answer.error));
      void worker.terminate();
    });
  });

/**
 * As many at once as there are cores; `onResult` hears of them in the order of the jobs, no matter which was faster.
 */
export const runJobs = async (
  jobs: readonly Job[],
  onResult: (result: HuntResult, index: number) => void,
): Promise<void> => {
  const results: (HuntResult | undefined)[] = jobs.map(() => undefined);
  let next = 0;
  let reported = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < jobs.length; at = next++) {
      results[at] = await runJob(jobs[at] as Job);
      for (let done = results[reported]; done !== undefined; done = results[reported])
        onResult(done, reported++);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work));
};
