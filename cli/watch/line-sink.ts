import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { entryLine, noteLine, standingLine } from '../render/entry-line.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import type { View } from './view.types.ts';
import type { Sink } from './watch.ts';

/** Some CI systems end a job whose log has been silent for ten minutes; half of that leaves room for a slow poll. */
export const STANDING_EVERY_MS = 5 * MINUTE_MS;

const CANNOT_READ = 'cannot read the deployment, which continues';

/** A line for everything that happens, and one that says how it stands when nothing has for a while. */
export const makeLineSink = (terminal: Terminal): Sink => {
  const paint = makePaint(terminal.colour);
  const options = () => ({ width: terminal.width, paint });
  let last: View | null = null;
  let saidMs: number | null = null;
  const sinceStart = (): number => (last === null ? 0 : last.nowMs - last.startedAtMs);

  return {
    show(view, entries) {
      last = view;
      for (const one of entries) terminal.out(entryLine(one, view.startedAtMs, options()));
      const quietMs = saidMs === null ? 0 : view.nowMs - saidMs;
      const standing = entries.length === 0 && quietMs >= STANDING_EVERY_MS && view.ended === null;
      if (standing) terminal.out(standingLine(view, options()));
      if (saidMs === null || entries.length > 0 || standing) saidMs = view.nowMs;
    },
    tick() {},
    trouble(message, againInMs) {
      const again = `${message} Reading again in ${againInMs / SECOND_MS} s.`;
      terminal.out(noteLine(sinceStart(), CANNOT_READ, again, options()));
    },
    readable() {
      terminal.out(noteLine(sinceStart(), 'can read the deployment again', '', options()));
    },
    close() {},
  };
};
