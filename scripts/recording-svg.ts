/** Draws what a terminal showed, frame after frame, as one SVG that a browser plays without a script. */

type RecordingSize = { columns: number; rows: number; frameSeconds: number };

type Style = { bold: boolean; dim: boolean; colour: string | null };
type Segment = Style & { column: number; text: string };

const CHARACTER = 8.4;
const LINE = 18;
const MARGIN = 14;
/** The last frame is read, the others are watched. */
const LAST_SECONDS = 6;

/** On a dark background, each readable. By the number of its escape sequence. */
const colours: Record<number, string> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};

const ESCAPE = '\u001b';
const SEQUENCE = new RegExp(`(${ESCAPE}\\[\\d+m)`);

const PLAIN: Style = { bold: false, dim: false, colour: null };

const styled = (style: Style, code: number): Style => {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: null };
  return { ...style, colour: colours[code] ?? style.colour };
};

/** A row cut at its escape sequences; nothing of it is wider than one column. */
export const segmentsOf = (row: string): Segment[] => {
  const segments: Segment[] = [];
  let style = PLAIN;
  let column = 0;
  for (const part of row.split(SEQUENCE)) {
    if (part.startsWith(ESCAPE)) style = styled(style, Number(part.slice(2, -1)));
    else {
      if (part.trim() !== '') segments.push({ ...style, column, text: part });
      column += [...part].length;
    }
  }
  return segments;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number): number => Math.round(value * 100) / 100;

/** Each piece is stretched to its columns, so that the table stands whatever font the reader has. */
const drawSegment = ({ column, text, bold, dim, colour }: Segment, y: number): string => {
  const lead = text.length - text.trimStart().length;
  const words = text.trim();
  const x = round(MARGIN + (column + lead) * CHARACTER);
  const classes = [bold ? 'b' : '', dim ? 'd' : ''].filter((name) => name !== '').join(' ');
  return [
    `<text x="${x}" y="${y}" textLength="${round([...words].length * CHARACTER)}"`,
    classes === '' ? '' : ` class="${classes}"`,
    colour === null ? '' : ` fill="${colour}"`,
    `>${escaped(words)}</text>`,
  ].join('');
};

const drawRow = (row: string, index: number): string =>
  segmentsOf(row)
    .map((segment) => drawSegment(segment, MARGIN + LINE * (index + 2)))
    .join('');

/** A row's content and the frames that show it: from the first up to, not with, the second. */
type Shown = { from: number; to: number; svg: string };

const shownRows = (frames: readonly (readonly string[])[], rows: number): Shown[] => {
  const shown: Shown[] = [];
  for (let index = 0; index < rows; index += 1) {
    let from = 0;
    for (let to = 1; to <= frames.length; to += 1) {
      const row = frames[from]?.[index] ?? '';
      if (to < frames.length && (frames[to]?.[index] ?? '') === row) continue;
      const svg = drawRow(row, index);
      if (svg !== '') shown.push({ from, to, svg });
      from = to;
    }
  }
  return shown;
};

/** What a reader sees who wants nothing to move: two thirds on, in the middle of things. */
const posterOf = (count: number): number => Math.floor((count * 2) / 3);

export const drawRecording = (
  frames: readonly (readonly string[])[],
  { columns, rows, frameSeconds }: RecordingSize,
): string => {
  const count = frames.length;
  const seconds = (count - 1) * frameSeconds + LAST_SECONDS;
  const percent = (frame: number): number =>
    frame >= count ? 100 : round(((frame * frameSeconds) / seconds) * 100);
  const poster = posterOf(count);
  const groups = Map.groupBy(shownRows(frames, rows), ({ from, to }) => `f${from}-${to}`);
  const keyframes = [...groups].map(([name, [first]]) => {
    const { from, to } = first as Shown;
    const before = from === 0 ? '' : '0%{visibility:hidden}';
    const after = to >= count ? '' : `${percent(to)}%,100%{visibility:hidden}`;
    return `@keyframes ${name}{${before}${percent(from)}%{visibility:visible}${after}}.${name}{animation-name:${name}}`;
  });
  const bodies = [...groups].map(([name, members]) => {
    const { from, to } = members[0] as Shown;
    const visibility = from <= poster && poster < to ? '' : ' visibility="hidden"';
    return `<g class="f ${name}"${visibility}>${members.map(({ svg }) => svg).join('')}</g>`;
  });
  const width = round(columns * CHARACTER + 2 * MARGIN);
  const height = (rows + 1) * LINE + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>cutover rehearse --live: a version that answers errors is rolled back by its alarm</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#c9d1d9;white-space:pre}
.b{font-weight:bold}.d{opacity:.6}
${Object.values(colours)
  .map((colour) => `text[fill="${colour}"]{fill:${colour}}`)
  .join('')}
@media (prefers-reduced-motion:no-preference){.f{animation:${seconds}s step-end infinite}
${keyframes.join('\n')}
}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${bodies.join('\n')}
</svg>
`;
};
