import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import type { Account } from '../account/account.ts';
import { EXIT_INTERRUPTED, EXIT_UNWATCHED, type ExitCode } from '../exit-codes.ts';
import { makeWatcher, type Watched } from './snapshot.ts';
import { type Stage, type Verdict, verdictOf } from './stage.ts';
import { type Entry, makeTimeline } from './timeline.ts';
import { viewOf } from './view.ts';
import type { View } from './view.types.ts';

/** Where a watched deployment is shown: lines, a live view or JSON. */
export type Sink = {
  show(view: View, entries: Entry[]): void;
  /** Time has passed without a poll. */
  tick(nowMs: number): void;
  /** A poll failed; that does not stop the deployment. */
  trouble(message: string, againInMs: number): void;
  /** Polls succeed again. */
  readable(): void;
  /** Nothing more will be shown through this sink. */
  close(): void;
};

type WatchOptions = {
  until: Stage;
  leaveWaiting: boolean;
  /** Null: as long as it takes. */
  timeoutMs: number | null;
  pollEveryMs: number;
  tickEveryMs: number | null;
};

export type WatchResult = (Verdict | { kind: 'timedOut' | 'unreadable' | 'interrupted'; code: ExitCode }) & {
  view: View | null;
};

/** A bake that still lasts this long needs no poll every few seconds. */
const LONG_BAKE_MS = 10 * MINUTE_MS;
const LONG_BAKE_FACTOR = 3;

/** Waits after failed polls; the last one repeats: a lost connection is back soon, credentials need a person. */
const TROUBLE_WAITS_MS = [5, 10, 20, 30].map((seconds) => seconds * SECOND_MS);

/** The same trouble is said again so often: a log that is silent for ten minutes makes some CI systems end the job. */
const TROUBLE_AGAIN_MS = 5 * MINUTE_MS;

/** After so long without one good poll there is nothing to report, and somebody should know. */
const UNREADABLE_LIMIT_MS = HOUR_MS;

/**
 * Watches until the deployment has ended or the awaited stage is reached. Only reads: neither a failing read, nor
 * Ctrl-C, nor the time running out does anything to the deployment.
 */
export const watch = async (
  account: Account,
  watched: Watched,
  sink: Sink,
  options: WatchOptions,
): Promise<WatchResult> => {
  const { clock } = account.host;
  const interrupted = account.host.interruption();
  const watcher = makeWatcher(account, watched);
  const timeline = makeTimeline();
  const beganMs = clock.nowMs();
  const trouble = makeTrouble(sink);
  let view: View | null = null;
  let lastGoodMs = beganMs;

  try {
    for (;;) {
      let waitMs: number;
      try {
        const snapshot = await watcher.observe(interrupted);
        view = viewOf(snapshot);
        lastGoodMs = clock.nowMs();
        trouble.over();
        sink.show(view, timeline.entriesOf(snapshot));
        const verdict = verdictOf(view, options.until, options.leaveWaiting);
        if (verdict !== null) return { ...verdict, view };
        waitMs = nextPollIn(view, options.pollEveryMs);
      } catch (error) {
        if (interrupted.aborted) return { kind: 'interrupted', code: EXIT_INTERRUPTED, view };
        waitMs = trouble.say(error, clock.nowMs());
        if (clock.nowMs() - lastGoodMs >= UNREADABLE_LIMIT_MS) {
          return { kind: 'unreadable', code: EXIT_UNWATCHED, view };
        }
      }
      const leftMs = options.timeoutMs === null ? waitMs : beganMs + options.timeoutMs - clock.nowMs();
      if (leftMs <= 0) return { kind: 'timedOut', code: EXIT_UNWATCHED, view };
      const slept = await pass(Math.min(waitMs, leftMs), account, sink, options.tickEveryMs, interrupted);
      if (slept === 'interrupted') return { kind: 'interrupted', code: EXIT_INTERRUPTED, view };
    }
  } finally {
    sink.close();
  }
};

const nextPollIn = ({ phase, position, shifts, shiftedAtMs, nowMs }: View, pollEveryMs: number): number => {
  const bakeMs = shifts[position ?? -1]?.bakeMs ?? 0;
  const leftMs = (shiftedAtMs ?? 0) + bakeMs - nowMs;
  return phase === 'baking' && leftMs > LONG_BAKE_MS ? LONG_BAKE_FACTOR * pollEveryMs : pollEveryMs;
};

const pass = async (
  ms: number,
  { host }: Account,
  sink: Sink,
  tickEveryMs: number | null,
  interrupted: AbortSignal,
): Promise<'passed' | 'interrupted'> => {
  const untilMs = host.clock.nowMs() + ms;
  for (;;) {
    const leftMs = untilMs - host.clock.nowMs();
    if (leftMs <= 0) return 'passed';
    try {
      await host.clock.sleep(Math.min(leftMs, tickEveryMs ?? leftMs), interrupted);
    } catch {
      return 'interrupted';
    }
    sink.tick(host.clock.nowMs());
  }
};

/** Says what keeps failing once, and again when it changes or has continued for long. */
const makeTrouble = (sink: Sink) => {
  let failures = 0;
  let said = '';
  let saidMs = 0;
  return {
    say(error: unknown, nowMs: number): number {
      const waitMs = TROUBLE_WAITS_MS[Math.min(failures, TROUBLE_WAITS_MS.length - 1)] ?? 0;
      failures += 1;
      const message = error instanceof Error ? error.message : String(error);
      // Not an answer of AWS: a mistake in this program ends neither the deployment nor the watching.
      const reason = isDeploymentError(error) ? message : `the poll failed: ${message}`;
      if (reason !== said || nowMs - saidMs >= TROUBLE_AGAIN_MS) sink.trouble(reason, waitMs);
      if (reason !== said || nowMs - saidMs >= TROUBLE_AGAIN_MS) saidMs = nowMs;
      said = reason;
      return waitMs;
    },
    over(): void {
      if (failures > 0) sink.readable();
      failures = 0;
      said = '';
    },
  };
};
