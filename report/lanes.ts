import { formatDuration } from '../core/duration.ts';
import { evidenceOf, grouped } from '../core/figures.ts';
import { groupBy } from '../core/group-by.ts';
import { ENOUGH_FAILED, ENOUGH_REQUESTS, errorRates } from './error-rate.ts';
import { evidencePoints } from './evidence.ts';
import type { Course, Report, Traffic } from './report.types.ts';

/** One line of a lane. Null: nothing is known, and nothing is drawn. */
export type Line = {
  colour: 'blue' | 'green';
  name: string;
  /** A value holds until the next point. */
  points: { atMs: number; value: number | null }[];
};

/** One quantity over time, on the axis that all lanes share. */
export type Lane = {
  id: string;
  title: string;
  unit: string;
  /** The top of the scale. */
  max: number;
  lines: Line[];
  /** Values of the scale that are marked, the thresholds with a dashed line; without them 0 and `max`. */
  ticks?: { value: number; text: string; threshold?: true }[];
  /** How a value is shown; without it as a number with the unit. */
  show?: (value: number) => string;
  /** The surface under the first line is filled. */
  filled: boolean;
  /** Said in the lane itself, where its lines say nothing. */
  note?: string;
  /** Said of a line without a value; without it `not read`. */
  unknown?: string;
  /** The whole lane in a sentence, for the one who does not see it. */
  description: string;
};

/** Routes that went through the same are one lane. */
const alike = (courses: readonly Course[]): { routes: string[]; course: Course }[] => {
  const groups = groupBy(courses, ({ points }) => JSON.stringify(points));
  return [...groups.values()].map((group) => ({
    routes: group.map(({ route }) => route),
    course: group[0] as Course,
  }));
};

const weightLanes = ({ courses }: Report): Lane[] =>
  alike(merged(courses)).map(({ routes, course }, index) => ({
    id: `weights-${index + 1}`,
    title: `Weight of green on ${routesText(routes)}`,
    unit: '%',
    max: 100,
    lines: [
      {
        colour: 'green',
        name: 'green',
        points: course.points.map(({ atMs, greenPct }) => ({ atMs, value: greenPct })),
      },
    ],
    filled: true,
    description: course.points
      .map(
        ({ atMs, greenPct }) =>
          `${greenPct === null ? 'no split between blue and green' : `${greenPct} %`} from ${formatDuration(atMs)}`,
      )
      .join(', '),
  }));

/** Routes are written one after the other within a second or so: a lane each would show the same steps twice. */
const TOGETHER_MS = 3_000;

const merged = (courses: readonly Course[]): Course[] => {
  const [first, ...others] = courses;
  if (first === undefined) return [];
  const isLikeFirst = ({ points }: Course): boolean =>
    points.length === first.points.length &&
    points.every((point, index) => {
      const other = first.points[index];
      return (
        other !== undefined &&
        other.greenPct === point.greenPct &&
        Math.abs(other.atMs - point.atMs) <= TOGETHER_MS
      );
    });
  return [
    first,
    ...others.map((course) => (isLikeFirst(course) ? { ...course, points: first.points } : course)),
  ];
};

/** About as many characters as a title has room for. */
const TITLE_CHARACTERS = 90;

const routesText = (routes: readonly string[]): string => {
  const all = routes.join(' and ');
  if (all.length <= TITLE_CHARACTERS) return all;
  const [first = ''] = routes;
  const cut = first.length <= TITLE_CHARACTERS ? first : `${first.slice(0, TITLE_CHARACTERS - 1)}…`;
  return routes.length > 1 ? `${cut} and ${routes.length - 1} more` : cut;
};

/** As far as the scale of the evidence goes at least, as a power of ten: a little above what rolls back. */
const LEAST_POWER = 2.5;

/**
 * Beside the weights, on a scale of powers of ten: from 10 on green does not advance, from 1/alpha on it is rolled
 * back.
 */
const evidenceLane = (report: Report): Lane[] => {
  const points = evidencePoints(report);
  const alpha = report.plan?.analysis?.alpha;
  if (points.length === 0 || alpha === undefined) return [];
  const decides = Math.log10(1 / alpha);
  const powerOf = (logE: number | null): number | null =>
    logE === null ? null : Math.max(0, logE / Math.LN10);
  const values = points.map(({ logE }) => powerOf(logE) ?? 0);
  const highest = Math.max(0, ...values);
  const shown = (power: number): string => evidenceOf(power * Math.LN10);
  return [
    {
      id: 'evidence',
      title: `Evidence that green is worse than blue (${shown(decides)} rolls back, 10 holds)`,
      unit: '',
      max: Math.max(LEAST_POWER, decides + 0.5, Math.min(highest, decides + 2)),
      ticks: [
        { value: 0, text: '1' },
        { value: 1, text: '10', threshold: true },
        { value: decides, text: shown(decides), threshold: true },
      ],
      show: shown,
      lines: [
        {
          colour: 'green',
          name: 'evidence',
          // Beyond the scale it is at its top: the number is at the line's end.
          points: points.map(({ atMs, logE }) => ({ atMs, value: powerOf(logE) })),
        },
      ],
      filled: false,
      ...(points.every(({ logE }) => logE === null) && { note: 'no metrics yet' }),
      description: `at most ${shown(highest)}, at last ${shown(values.at(-1) ?? 0)}; the table has each decision`,
    },
  ];
};

const targetLane = ({ targets }: Report): Lane[] => {
  if (targets.length === 0) return [];
  const top = Math.max(1, ...targets.flatMap(({ blue, green }) => [blue?.of ?? 0, green?.of ?? 0]));
  const lastOf = (colour: 'blue' | 'green'): string =>
    String(targets.findLast((reading) => reading[colour] !== null)?.[colour]?.healthy ?? 'an unknown number');
  return [
    {
      id: 'targets',
      title: 'Healthy targets',
      unit: '',
      max: top,
      lines: (['blue', 'green'] as const).map((colour) => ({
        colour,
        name: colour,
        points: targets.map((reading) => ({
          atMs: reading.atMs,
          value: reading[colour]?.healthy ?? null,
        })),
      })),
      filled: false,
      description: `last read, blue has ${lastOf('blue')} and green ${lastOf('green')}; the table has every change`,
    },
  ];
};

const COLOURS = ['blue', 'green'] as const;

const highest = (lines: Line[]): number =>
  Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));

const trafficLanes = (report: Report): Lane[] => {
  const { traffic } = report;
  if (traffic === null || traffic.slices.length === 0) return [];
  return [requestsLane(traffic, report.durationMs), errorsLane(traffic)];
};

const requestsLane = ({ slices, sliceMs, total }: Traffic, durationMs: number): Lane => {
  const seconds = (atMs: number): number => Math.max(0.001, Math.min(sliceMs, durationMs - atMs) / 1_000);
  const lines = COLOURS.map((colour) => ({
    colour,
    name: colour,
    points: slices.map((slice) => ({
      atMs: slice.atMs,
      value: slice[colour].requests / seconds(slice.atMs),
    })),
  }));
  return {
    id: 'requests',
    title: 'Requests',
    unit: '/s',
    max: Math.max(1, highest(lines)),
    lines,
    filled: false,
    description: `${total.requests} in all; the table has them by slices of ${formatDuration(sliceMs)}`,
  };
};

const errorsLane = (traffic: Traffic): Lane => {
  const { total } = traffic;
  const lines = COLOURS.map((colour) => ({ colour, name: colour, points: errorRates(traffic, colour) }));
  return {
    id: 'errors',
    title:
      `Error rate of the last ${grouped(ENOUGH_REQUESTS)} requests or ${ENOUGH_FAILED} failed ones, ` +
      'at least of a minute',
    unit: '%',
    max: Math.max(1, highest(lines)),
    lines,
    filled: false,
    unknown: 'too few',
    ...(total.failed === 0 && {
      note: total.requests === 0 ? 'no requests' : 'no request failed',
    }),
    description: `${total.failed} requests failed in all; the highest rate was ${tidy(highest(lines))} %`,
  };
};

export const lanesOf = (report: Report): Lane[] => [
  ...weightLanes(report),
  ...evidenceLane(report),
  ...targetLane(report),
  ...trafficLanes(report),
];

/** Three digits are all that a person wants to know. */
export const tidy = (value: number): string => String(Number(value.toPrecision(3)));
