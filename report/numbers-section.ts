import { formatDuration } from '../core/duration.ts';
import { evidenceOf } from '../core/figures.ts';
import { countText } from './count-text.ts';
import { type EvidencePoint, evidencePoints } from './evidence.ts';
import { type Html, html } from './html.ts';
import type { Report } from './report.types.ts';
import { cell, number, row, table, time } from './table.ts';

const courseTables = ({ courses }: Report): Html[] =>
  courses.map(({ route, points }, index) =>
    table(
      `Weight of green on ${route}`,
      ['After', 'Green'],
      points.map(({ atMs, greenPct }) =>
        row([time(atMs), number(greenPct === null ? 'no split of ours' : `${greenPct} %`)]),
      ),
      `course-${index + 1}`,
    ),
  );

const targetTable = ({ targets }: Report): Html =>
  table(
    'Healthy targets, of those registered or wanted',
    ['After', 'Blue', 'Green'],
    targets.map(({ atMs, blue, green }) =>
      row([time(atMs), number(countText(blue)), number(countText(green))]),
    ),
    'targets',
  );

const evidenceRow = ({ atMs, kind, blue, green, logE, logUnharmed }: EvidencePoint): Html =>
  row([
    time(atMs),
    cell(kind),
    ...[blue.requests, blue.bad, green.requests, green.bad].map(number),
    ...[logE, logUnharmed].map((log) => number(log === null ? '-' : evidenceOf(log))),
  ]);

const evidenceTable = (points: EvidencePoint[]): Html | null =>
  points.length === 0
    ? null
    : table(
        'Green beside blue, at each decision: failed requests, and the evidence that green is worse',
        ['After', 'Verdict', 'Blue', 'failed', 'Green', 'failed', 'Evidence', 'Proof of no harm, of 20'],
        points.map(evidenceRow),
        'evidence',
      );

const trafficTable = ({ traffic }: Report): Html =>
  traffic === null
    ? html`<p>Requests of users are in CloudWatch, not in the deployment's record.</p>`
    : table(
        `Requests in slices of ${formatDuration(traffic.sliceMs)}`,
        ['From', 'Blue', 'failed', 'Green', 'failed'],
        traffic.slices.map(({ atMs, blue, green }) =>
          row([time(atMs), ...[blue.requests, blue.failed, green.requests, green.failed].map(number)]),
        ),
        'traffic',
      );

/** The numbers behind the charts, for the one who cannot or will not read them off a drawing. */
export const numbersSection = (report: Report): Html =>
  html`<details id="numbers"><summary>The numbers behind the charts</summary>
${courseTables(report)}
${targetTable(report)}
${evidenceTable(evidencePoints(report))}
${trafficTable(report)}</details>`;
