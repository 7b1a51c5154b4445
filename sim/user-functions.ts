import type { Clock } from '../core/clock.ts';
import { jsonCopyOf } from './kernel/copy.ts';
import type { Kernel } from './kernel/kernel.ts';

/** A Lambda function of the account's owner: what Cutover calls as a hook. */
export type UserFunction = (event: Record<string, unknown>, host: { clock: Clock }) => Promise<unknown>;

type UserFunctions = {
  /** By the ARN of an alias or version. */
  install(functionArn: string, run: UserFunction): void;
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  /** How often each was called. */
  calls(): Readonly<Record<string, number>>;
};

/** Assumed: what an invocation takes beside the function's own time, milliseconds. */
const INVOCATION_MS = 100;

/** Functions that are no part of Cutover. Their cost is their owner's, and no figure of a rehearsal. */
export const makeUserFunctions = ({ scheduler }: Kernel): UserFunctions => {
  const installed = new Map<string, UserFunction>();
  const counts: Record<string, number> = {};
  return {
    install: (functionArn, run) => void installed.set(functionArn, run),
    calls: () => counts,
    async invoke(functionArn, event) {
      await scheduler.clock.sleep(INVOCATION_MS);
      const run = installed.get(functionArn);
      if (run === undefined)
        throw Object.assign(new Error(`Function not found: ${functionArn}`), {
          name: 'Lambda.ResourceNotFoundException',
        });
      counts[functionArn] = (counts[functionArn] ?? 0) + 1;
      // A function that answers nothing answers null.
      const answer = await run(jsonCopyOf(event) as Record<string, unknown>, { clock: scheduler.clock });
      return answer === undefined ? null : jsonCopyOf(answer);
    },
  };
};
