/** The rows of a window, top to bottom, with their colours as escape sequences. */
export type Frame = readonly string[];

const ESCAPE = '\u001b\\[';
const CURSOR = new RegExp(`${ESCAPE}\\?25[lh]`, 'g');
const ERASE = new RegExp(`^${ESCAPE}(\\d+)F${ESCAPE}0J`);
const COLOUR = new RegExp(`${ESCAPE}\\d+m`, 'g');

/** The colours that still hold at the end of a line: a terminal carries them into the next. */
const openAt = (line: string, before: string): string => {
  let open: string[] = before.match(COLOUR) ?? [];
  for (const sequence of line.match(COLOUR) ?? []) {
    const code = Number(sequence.slice(2, -1));
    if (code === 0) open = [];
    else if (code === 22) open = open.filter((one) => !/\[[12]m/.test(one));
    else if (code === 39) open = open.filter((one) => !/\[[39]\dm/.test(one));
    else open.push(sequence);
  }
  return open.join('');
};

/** As much of a terminal as the live view needs: it appends lines, and removes the last ones to draw them again. */
export const aScreen = (rows: number) => {
  let lines: string[] = [];
  return {
    write(written: string): void {
      const text = written.replace(CURSOR, '');
      const up = Number(ERASE.exec(text)?.[1] ?? 0);
      lines = lines.slice(0, Math.max(0, lines.length - up));
      let open = '';
      for (const line of text.replace(ERASE, '').split('\n').slice(0, -1)) {
        lines.push(open + line);
        open = openAt(line, open);
      }
    },
    frame: (): Frame => lines.slice(-rows),
  };
};
