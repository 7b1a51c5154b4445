import { parentPort, workerData } from 'node:worker_threads';
import type { HuntResult, Printing } from './hunt.ts';
import { loadPatched } from './load-patched.ts';
import type { Hunt, Patch } from './mutant.types.ts';

/**
 * One mutant: a thread loads every module anew, so what is patched here is whole everywhere else. Only after the
 * patches are in place may anything of the code under test be imported.
 */
export type Job = {
  patches: readonly Patch[];
  hunts: readonly Hunt[];
  printing: Printing;
  /** Where nothing was found in `hunts`, search everywhere. */
  everywhere: boolean;
};

export type Answer = { ok: true; result: HuntResult } | { ok: false; error: string };

const answer = async ({ patches, hunts, printing, everywhere: all }: Job): Promise<Answer> => {
  try {
    const unread = loadPatched(patches);
    const { everywhere, hunt } = await import('./hunt.ts');
    const missed = unread();
    if (missed.length > 0) throw new Error(`nothing loads ${missed.join(', ')}`);
    return { ok: true, result: await hunt(all ? [...hunts, ...everywhere] : hunts, printing) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
};

parentPort?.postMessage(await answer(workerData as Job));
