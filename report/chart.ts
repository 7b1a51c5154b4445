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
import { type Html, html } from './html.ts';
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
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}" role="group" aria-labelledby="chart-title chart-says" data-left="${LEFT}" data-right="${WIDTH - RIGHT}">
<title id="chart-title">What happened over time</title>
<desc id="chart-says">${lanes.length} charts under each other with one axis of time from 0 to ${formatDuration(report.durationMs)}, and ${report.marks.length} marks. Tables with the same numbers follow.</desc>
${timeAxis(report.durationMs, x, bottom)}
<g class="marks">${groups.map((group) => drawMarks(group, bottom))}</g>
${lanes.map((lane, index) => drawLane(lane, report.durationMs, x, MARKS_HEIGHT + index * (LANE_HEIGHT + LANE_GAP) + LANE_GAP - 6))}
<line class="moment" id="moment-line" x1="${LEFT}" x2="${LEFT}" y1="${MARKS_HEIGHT}" y2="${bottom}" visibility="hidden"/>
</svg>`;
};

const timeAxis = (durationMs: number, x: TimeScale, bottom: number): Html =>
  html`<g class="axis" aria-hidden="true">${timeTicks(durationMs).map(
    ({ atMs, label }) =>
      html`<line x1="${x(atMs)}" x2="${x(atMs)}" y1="${MARKS_HEIGHT}" y2="${bottom}"/><text x="${x(atMs)}" y="${bottom + 18}" text-anchor="middle">${label}</text>`,
  )}<text x="${LEFT - 12}" y="${bottom + 18}" text-anchor="end">after</text></g>`;

const drawLane = (lane: Lane, durationMs: number, x: TimeScale, top: number): Html => {
  const y = scaleLinear([0, lane.max], [top + LANE_HEIGHT, top]).clamp(true);
  const bottomY = round(y(0));
  const drawn = lane.lines.map((one) => ({ ...one, points: held(one.points, durationMs) }));
  return html`<g class="lane" id="lane-${lane.id}" role="img" aria-label="${lane.title}: ${lane.description}">
<text class="lane-title" x="${LEFT}" y="${top - 8}">${lane.title}${lane.unit === '' ? '' : `, ${lane.unit}`}</text>
${ticksOf(lane).map(({ value, text, threshold }) => html`<line class="${threshold ? 'threshold' : 'grid'}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${round(y(value))}"/><text class="scale" x="${LEFT - 8}" y="${round(y(value)) + 4}" text-anchor="end">${text}</text>`)}
${lane.filled ? drawn.slice(0, 1).map((one) => html`<path class="area ${one.colour}" d="${areaPath(one, x, y)}"/>`) : null}
${drawn.map((one) => html`<path class="line ${one.colour}" d="${linePath(one, x, y)}"/>`)}
${lane.note === undefined ? null : html`<text class="note" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${round(y(lane.max / 2)) + 4}" text-anchor="middle">${lane.note}</text>`}
${endLabels(drawn, y, bottomY, lane)}
</g>`;
};

const ticksOf = ({ ticks, max }: Lane): NonNullable<Lane['ticks']> =>
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

const endLabels = (lines: Line[], y: Scale, bottomY: number, { unit, show }: Lane): Html[] => {
  const shown = show ?? ((value: number): string => `${tidy(value)}${unit === '%' ? ' %' : unit}`);
  const placed = lines
    .map(({ colour, name, points }) => {
      const last = points.at(-1)?.value ?? null;
      return {
        colour,
        text: last === null ? `${name} none` : `${name} ${shown(last)}`,
        at: last === null ? bottomY : y(last),
      };
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
  return html`<a class="mark ${kind}" href="#mark-${first + 1}" aria-label="Mark ${label}: ${said.join('; ')}${more}"><title>${said.join('\n')}${more}</title><line x1="${x}" x2="${x}" y1="22" y2="${bottom}"/><rect x="${round(x - width / 2)}" y="2" width="${width}" height="20"/><text x="${x}" y="16" text-anchor="middle">${label}</text></a>`;
};
