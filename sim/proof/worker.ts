import { parentPort } from 'node:worker_threads';
import { runTask, type Task } from './exhaust-runs.ts';
import { type SeedTask, soakSeed } from './soak-runs.ts';

/** Runs what it is told, one piece of work after the other, until the parent ends it. */
export type Work = { kind: 'exhaust'; task: Task } | { kind: 'soak'; task: SeedTask };

parentPort?.on('message', (work: Work) => {
  const done: Promise<unknown> = work.kind === 'exhaust' ? runTask(work.task) : soakSeed(work.task);
  done.then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) =>
      parentPort?.postMessage({ ok: false, error: `${JSON.stringify(work)}: ${String(error)}` }),
  );
});
