import { parentPort } from 'node:worker_threads';
import { type RowTask, rowsAt } from './rows.ts';

/** Strikes one place after the other, until the parent ends it. */
parentPort?.on('message', (task: RowTask) => {
  rowsAt(task).then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) =>
      parentPort?.postMessage({ ok: false, error: `${JSON.stringify(task)}: ${String(error)}` }),
  );
});
