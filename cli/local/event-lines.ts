import type { SimEvent } from '../../sim/kernel/trace.ts';
import { makePaint } from '../render/paint.ts';
import { clockTime, hang } from '../render/text.ts';
import { isDetail, labels, styleOf } from '../render/timeline.ts';
import type { Terminal } from '../terminal.ts';

const LABEL_COLUMNS = 10;

/** One line for each thing of interest in a world that runs, by its own clock. */
export const makeEventLines = (terminal: Terminal, startedAtMs: number): ((event: SimEvent) => void) => {
  const paint = makePaint(terminal.colour);
  return (event) => {
    if (isDetail(event)) return;
    const why = event.why === undefined ? '' : ` (${event.why})`;
    const lead = `${clockTime(event.atMs - startedAtMs)}  ${labels[event.kind].padEnd(LABEL_COLUMNS)}`;
    const text = hang(`${event.what}${why}`, lead.length, terminal.width);
    terminal.out(`${paint('dim', lead)}${paint(styleOf(event), text)}\n`);
  };
};
