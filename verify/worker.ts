import { parentPort } from 'node:worker_threads';
import { runTask, type Task } from './exhaust/exhaust-runs.ts';
import { exploreBase, type ModelTask } from './model/explore-base.ts';
import { type SeedTask, soakSeed } from './soak/soak-runs.ts';

/** Runs what it is given, one piece of work after the other, until the parent ends it. */
export type Work =
  | { kind: 'exhaust'; task: Task }
  | { kind: 'soak'; task: SeedTask }
  | { kind: 'model'; task: ModelTask };

const done = (work: Work): Promise<unknown> => {
  switch (work.kind) {
    case 'exhaust':
      return runTask(work.task);
    case 'soak':
      return soakSeed(work.task);
    case 'model':
      return exploreBase(work.task);
    default:
      return work satisfies never;
  }
};

parentPort?.on('message', (work: Work) => {
  done(work).then(
    (result) => parentPort?.postMessage({ ok: true, result }),
    (error: unknown) =>
      parentPort?.postMessage({ ok: false, error: `${JSON.stringify(work)}: ${String(error)}` }),
  );
});
