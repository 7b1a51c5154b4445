import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { afterReply } from '../../core/hooks/next-ask.ts';
import type { HookExecution, HookReply, HookResult } from '../../core/vocabulary/hooks.types.ts';

/** One call and what came of it; absent: the function is called again after `waitSeconds`. */
type Heard = { reply: HookReply; waitSeconds?: number };

/** What the state machine of hooks does (statemachine/hook.asl.json): calls a function until it answers for good. */
export const callHook = async (
  run: HookExecution,
  call: (event: Record<string, unknown>) => Promise<HookReply>,
  clock: Clock,
  heard: (one: Heard) => void,
): Promise<HookResult> => {
  let { ask } = run;
  for (;;) {
    const reply = await call(ask.event);
    const next = afterReply({ ...run, ask }, reply, clock.nowMs());
    if ('result' in next) {
      heard({ reply });
      return next.result;
    }
    ask = next.ask;
    heard({ reply, waitSeconds: ask.waitSeconds });
    await clock.sleep(ask.waitSeconds * SECOND_MS);
  }
};
