import { setTimeout } from 'node:timers/promises';
import { makeClients } from '../../aws/clients.ts';
import { EXIT_INTERRUPTED } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { ciCommits } from './ci-commit.ts';
import { commitTime } from './commit-time.ts';
import type { Host } from './host.types.ts';
import { connectionAgents } from './proxy.ts';

/** What people and CI runners end a command with. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let asked: AbortController | undefined;

const interruption = (): AbortSignal => {
  if (asked !== undefined) return asked.signal;
  const controller = new AbortController();
  asked = controller;
  for (const name of SIGNALS) {
    process.on(name, () => {
      // A second Ctrl-C wants out at once, whatever the command still had to say.
      if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
      controller.abort(new Error(name));
    });
  }
  return controller.signal;
};

export const processHost: Host = {
  clock: {
    nowMs: () => Date.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
  },
  random: () => Math.random(),
  interruption,
  clients: (region) => makeClients(region, connectionAgents(process.env, readText)),
  ciCommits: () => ciCommits(process.env, readText, commitTime),
};
