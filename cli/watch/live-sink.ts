import type { Cell } from '../render/cells.ts';
import { entryLine } from '../render/entry-line.ts';
import { livePanel, type PanelOptions } from '../render/live-panel.ts';
import { makePaint } from '../render/paint.ts';
import { type Terminal, USUAL_HEIGHT } from '../terminal.ts';
import type { View } from './view.types.ts';
import type { Sink } from './watch.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** To the start of the line `count` lines up, and everything from there on away. */
const erase = (count: number): string => (count === 0 ? '' : `\u001b[${count}F\u001b[0J`);

/** What a rehearsal shows in another way than a deployment in an account. */
type LiveOwn = Pick<PanelOptions, 'offer'> & {
  foot?(): readonly Cell[];
};

/** What happens scrolls by above; below it the deployment as it is now, redrawn every second. */
export const makeLiveSink = (terminal: Terminal, target: string, own: LiveOwn = {}): Sink => {
  const paint = makePaint(terminal.colour);
  let view: View | null = null;
  let trouble: string | null = null;
  let drawn = 0;
  let drawnWidth = 0;
  let opened = false;

  const redraw = (cursor: string, text: string): void =>
    terminal.redraw === undefined ? terminal.out(cursor + text) : terminal.redraw(cursor, text);

  const draw = (above: string, nowMs: number): void => {
    if (view === null && above === '' && trouble === null) return;
    const { height = USUAL_HEIGHT } = terminal;
    const width = Math.min(terminal.width, terminal.columns ?? terminal.width);
    const { offer, foot } = own;
    const ours = {
      ...(offer === undefined ? {} : { offer }),
      ...(foot === undefined ? {} : { foot: foot() }),
    };
    const options = { nowMs, width, height, paint, target, trouble, ...ours };
    const lines = view === null ? [] : livePanel(view, options);
    // A window that became narrower has wrapped the old lines: how many rows they take now is the terminal's secret.
    const rows = width < drawnWidth ? Math.min(height - 1, drawn * 2) : drawn;
    const panel = lines.map((line) => `${line}\n`).join('');
    redraw(`${opened ? '' : HIDE_CURSOR}${erase(rows)}`, `${above}${panel}`);
    opened = true;
    drawn = lines.length;
    drawnWidth = width;
  };

  return {
    show(next, entries) {
      view = next;
      const above = entries.map((one) => entryLine(one, next.startedAtMs, { width: terminal.width, paint }));
      draw(above.join(''), next.nowMs);
    },
    tick: (nowMs) => draw('', nowMs),
    trouble(message) {
      trouble = message;
    },
    readable() {
      trouble = null;
    },
    close() {
      // The end of the log says it all again, so the panel goes.
      if (opened) redraw(`${erase(drawn)}${SHOW_CURSOR}`, '');
      drawn = 0;
      opened = false;
    },
  };
};
