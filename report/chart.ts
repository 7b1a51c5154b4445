import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { formatDuration } from '../core/duration.ts';
import {
  LANE_GAP,
  LANE_HEIGHT,
  LEFT,
  RIGHT,
  round,
  type TimeScale,
  timeScale,
  timeTicks,
  WIDTH,
} from './chart-frame.ts';
import { attributes, type Html, html } from './html.ts';
import { type Lane, type Line, lanesOf, tidy } from './lanes.ts';
import { groupMarks, labelOf, type MarkGroup } from './mark-groups.ts';
import type { Report } from './report.types.ts';

const MARKS_HEIGHT = 34;
const AXIS_HEIGHT = 26;

/**
 * All lanes under each other on one axis of time, the marks through all of them. One drawing, so that it prints as
 * one.
 */
export const chart = (report: Report): Html => {
  const lanes = lanesOf(report);
  const x = timeScale(report.durationMs);
  const bottom = MARKS_HEIGHT + lanes.length * (LANE_HEIGHT + LANE_GAP);
  const groups = groupMarks(report.marks, x);
  const frame = attributes({
    class: 'chart',
    viewBox: `0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}`,
    role: 'group',
    'aria-labelledby': 'chart-title chart-says',
    'data-left': LEFT,
    'data-right': WIDTH - RIGHT,
  });
  const description =
    `${lanes.length} charts under each other with one axis of time from 0 to ` +
    `${formatDuration(report.durationMs)}, and ${report.marks.length} marks. Tables with the same numbers follow.`;
  const topOf = (lane: number): number => MARKS_HEIGHT + lane * (LANE_HEIGHT + LANE_GAP) + LANE_GAP - 6;
  const ends = upright(LEFT, MARKS_HEIGHT, bottom);
  const moment = attributes({ class: 'moment', id: 'moment-line', ...ends, visibility: 'hidden' });
  return html`<svg${frame}>
<title id="chart-title">What happened over time</title>
<desc id="chart-says">${description}</desc>
${timeAxis(report.durationMs, x, bottom)}
<g class="marks">${groups.map((group) => drawMarks(group, bottom))}</g>
${lanes.map((lane, index) => drawLane(lane, report.durationMs, x, topOf(index)))}
<line${moment}/>
</svg>`;
};

type Ends = { x1: number; x2: number; y1: number; y2: number };

const upright = (x: number, y1: number, y2: number): Ends => ({ x1: x, x2: x, y1, y2 });

const timeAxis = (durationMs: number, x: TimeScale, bottom: number): Html => {
  const tick = ({ atMs, label }: ReturnType<typeof timeTicks>[number]): Html => {
    const at = { x: x(atMs), y: bottom + 18, 'text-anchor': 'middle' };
    const line = html`<line${attributes(upright(at.x, MARKS_HEIGHT, bottom))}/>`;
    return html`${line}<text${attributes(at)}>${label}</text>`;
  };
  const name = attributes({ x: LEFT - 12, y: bottom + 18, 'text-anchor': 'end' });
  return html`<g class="axis" aria-hidden="true">${timeTicks(durationMs).map(tick)}<text${name}>after</text></g>`;
};

const drawTick = ({ value, text, threshold }: Tick, y: Scale): Html => {
  const at = round(y(value));
  const line = { class: threshold ? 'threshold' : 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at };
  const scale = attributes({ class: 'scale', x: LEFT - 8, y: at + 4, 'text-anchor': 'end' });
  return html`<line${attributes(line)}/><text${scale}>${text}</text>`;
};

const drawNote = ({ note, max }: Lane, y: Scale): Html | null => {
  if (note === undefined) return null;
  const middle = { x: (LEFT + WIDTH - RIGHT) / 2, y: round(y(max / 2)) + 4, 'text-anchor': 'middle' };
  return html`<text${attributes({ class: 'note', ...middle })}>${note}</text>`;
};

const drawLane = (lane: Lane, durationMs: number, x: TimeScale, top: number): Html => {
  const y = scaleLinear([0, lane.max], [top + LANE_HEIGHT, top]).clamp(true);
  const bottomY = round(y(0));
  const drawn = lane.lines.map((one) => ({ ...one, points: held(one.points, durationMs) }));
  const filled = lane.filled ? drawn.slice(0, 1) : null;
  return html`<g class="lane" id="lane-${lane.id}" role="img" aria-label="${lane.title}: ${lane.description}">
<text class="lane-title" x="${LEFT}" y="${top - 8}">${lane.title}${lane.unit === '' ? '' : `, ${lane.unit}`}</text>
${ticksOf(lane).map((tick) => drawTick(tick, y))}
${filled?.map((one) => html`<path class="area ${one.colour}" d="${areaPath(one, x, y)}"/>`) ?? null}
${drawn.map((one) => html`<path class="line ${one.colour}" d="${linePath(one, x, y)}"/>`)}
${drawNote(lane, y)}
${endLabels(drawn, y, bottomY, lane)}
</g>`;
};

type Tick = NonNullable<Lane['ticks']>[number];

const ticksOf = ({ ticks, max }: Lane): readonly Tick[] =>
  ticks ?? [0, max].map((value) => ({ value, text: tidy(value) }));

type Point = Line['points'][number];

/** Values hold until the next point, also when nothing is known from there on, and until the end of the axis. */
export const held = (points: readonly Point[], durationMs: number): Point[] =>
  [...points, { atMs: durationMs, value: points.at(-1)?.value ?? null }].flatMap((point, index) => {
    const before = points[index - 1]?.value ?? null;
    return point.value === null && before !== null ? [{ ...point, value: before }, point] : [point];
  });

type Scale = (value: number) => number;

const linePath = ({ points }: Line, x: TimeScale, y: Scale): string =>
  line<Point>()
    .defined(({ value }) => value !== null)
    .x(({ atMs }) => x(atMs))
    .y(({ value }) => round(y(value ?? 0)))
    .curve(curveStepAfter)
    .digits(1)(points) ?? '';

const areaPath = ({ points }: Line, x: TimeScale, y: Scale): string =>
  area<Point>()
    .defined(({ value }) => value !== null)
    .x(({ atMs }) => x(atMs))
    .y0(round(y(0)))
    .y1(({ value }) => round(y(value ?? 0)))
    .curve(curveStepAfter)
    .digits(1)(points) ?? '';

/** Height of a line of text; labels at the ends of lines that meet are set apart. */
const LABEL_HEIGHT = 14;

const endLabels = (
  lines: Line[],
  y: Scale,
  bottomY: number,
  { unit, show, unknown = 'not read' }: Lane,
): Html[] => {
  const shown = show ?? ((value: number): string => `${tidy(value)}${unit === '%' ? ' %' : unit}`);
  const placed = lines
    .map(({ colour, name, points }) => {
      const last = points.at(-1)?.value ?? null;
      // A line that ends before the axis does: nobody read any more, which does not mean that nothing is there.
      const known = last ?? points.findLast(({ value }) => value !== null)?.value ?? null;
      const text = known === null ? unknown : `${last === null ? 'last ' : ''}${shown(known)}`;
      return { colour, text: `${name} ${text}`, at: known === null ? bottomY : y(known) };
    })
    .sort((a, b) => b.at - a.at);
  return placed.map(({ colour, text, at }, index) => {
    const below = placed[index - 1];
    const labelY = below === undefined ? at : Math.min(at, below.at - LABEL_HEIGHT);
    return html`<text class="end ${colour}" x="${WIDTH - RIGHT + 8}" y="${round(labelY) + 4}">${text}</text>`;
  });
};

/** A link to the row of the table that says what it is: reached by Tab, followed by Enter, without any script. */
const drawMarks = (group: MarkGroup, bottom: number): Html => {
  const { x, first, marks, kind } = group;
  const label = labelOf(group);
  const said = marks.slice(0, 3).map(({ atMs, what }) => `${formatDuration(atMs)} ${what}`);
  const more = marks.length > 3 ? ` and ${marks.length - 3} more` : '';
  const width = Math.max(20, label.length * 7 + 8);
  const link = attributes({
    class: `mark ${kind}`,
    href: `#mark-${first + 1}`,
    'aria-label': `Mark ${label}: ${said.join('; ')}${more}`,
  });
  const box = attributes({ x: round(x - width / 2), y: 2, width, height: 20 });
  const title = html`<title>${said.join('\n')}${more}</title>`;
  const drawn = html`<line${attributes(upright(x, 22, bottom))}/><rect${box}/>`;
  return html`<a${link}>${title}${drawn}<text x="${x}" y="16" text-anchor="middle">${label}</text></a>`;
};
