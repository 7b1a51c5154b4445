import { decisionInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { claimed } from '../core/operator/claimed.ts';
import type { Weights } from '../core/vocabulary/plan.types.ts';
import { countText } from './count-text.ts';
import { type Fold, foldHolds } from './fold-holds.ts';
import { type Html, html } from './html.ts';
import type { Report, ReportedDecision } from './report.types.ts';
import { cell, number, row, rowHead, table } from './table.ts';
import { shortWayBack } from './way-back.ts';

const share = (weights: Weights | null): string =>
  weights === null ? 'no split of ours' : `${weights.blue} / ${weights.green}`;

/** Said once when all routes have the same. */
const sharesOf = (routes: ReportedDecision['evidence']['routes']): string[] => {
  const [first, ...others] = routes.map(({ weights }) => share(weights));
  if (first !== undefined && others.every((other) => other === first)) return [first];
  return routes.map(({ label, weights }) => `${label}: ${share(weights)}`);
};

type SeenCommand = ReportedDecision['evidence']['commands'][number];

/** The evidence lists every command of the deployment so far: a row says those that the row before did not know. */
const withNewCommands = (rows: readonly Fold[]): (Fold & { fresh: SeenCommand[] })[] =>
  rows.map((row, index) => {
    const known = rows[index - 1]?.last.evidence.commands.map((command) => JSON.stringify(command)) ?? [];
    const seen = row.last.evidence.commands;
    return { ...row, fresh: seen.filter((command) => !known.includes(JSON.stringify(command))) };
  });

const lines = (texts: readonly string[]): Html[] => texts.map((text) => html`<div>${text}</div>`);

const healthy = (group: ReportedDecision['evidence']['blue']): Html =>
  number(countText(group === null ? null : { healthy: group.healthy, of: group.wanted }));

const decisionRow = ({ first, last, times, fresh }: Fold & { fresh: SeenCommand[] }): Html => {
  const { kind, reason, evidence } = last;
  const { blue, green, alarms, routes, readiness, size } = evidence;
  const until = times > 1 ? ` to ${formatDuration(last.atMs)}` : '';
  const often = times > 1 ? `, ${times} observations` : '';
  return row(
    [
      cell(`${formatDuration(first.atMs)}${until}`, 'time'),
      rowHead(`${decisionInWords[kind]}${often}`),
      cell(reason),
      healthy(blue),
      healthy(green),
      cell(lines(alarms.map(({ name, state }) => `${name}: ${state}`))),
      cell(lines(sharesOf(routes))),
      cell(lines([shortWayBack(readiness), ...(size === undefined ? [] : [size.line])])),
      cell(lines(fresh.map(({ kind, by }) => `${kind} by ${claimed(by)}`))),
    ],
    { class: kind },
  );
};

export const decisionsSection = ({ decisions }: Report): Html =>
  html`<section id="decisions"><h2>Decisions</h2>${
    decisions.length === 0
      ? html`<p>None was made: the deployment ended before the first shift.</p>`
      : table(
          'Each decision with what was read for it',
          [
            'After',
            'Decision',
            'Why',
            'Blue healthy',
            'Green healthy',
            'Alarms',
            'Weights, blue / green',
            'Way back',
            'New commands',
          ],
          withNewCommands(foldHolds(decisions)).map(decisionRow),
          'all-decisions',
        )
  }</section>`;
