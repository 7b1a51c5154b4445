import { parentPort } from 'node:worker_threads';
import { runTask, type Task } from './exhaust-runs.ts';

/** Runs what it is told, one task after the other, until the parent ends it. */
export type Work = { kind: 'exhaust'; task: Task };

parentPort?.on('message', (work: Work) => {
  const done = runTask(work.task);
  done.then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) => parentPort?.postMessage({ ok: false, error: String(error) }),
  );
});
