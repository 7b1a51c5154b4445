import { decisionInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { hookStatusInWords } from '../core/hooks/evidence.ts';
import { claimed } from '../core/operator/claimed.ts';
import { notComparable } from '../core/plan/analysis.ts';
import { foldHolds } from './fold-holds.ts';
import { stageOf, tookInWords } from './hooks.ts';
import { outcomeSaid } from './page.ts';
import type { Report } from './report.types.ts';
import { shortWayBack } from './way-back.ts';

/** What ends a cell or begins markup is shown as it is. */
const cell = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/([*_`[\]])/g, '\\$1');

const table = (heads: string[], rows: string[][]): string =>
  [heads, heads.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** Ten squares: a chart that every renderer of Markdown draws. */
const bar = (greenPct: number): string => {
  const green = Math.round(greenPct / 10);
  return '🟩'.repeat(green) + '🟦'.repeat(10 - green);
};

/** The newest of a long list: a job summary has 1 MB, a comment 65,536 characters. */
const MOST_ROWS = 100;

const newest = (rows: string[][]): string[][] => rows.slice(-MOST_ROWS);

const section = (title: string, columns: string[], rows: string[][]): string[] =>
  rows.length === 0 ? [] : [`#### ${title}`, table(columns, newest(rows))];

const hookRow = (hook: Report['hooks'][number]): string[] => [
  formatDuration(hook.atMs),
  hook.name,
  stageOf(hook),
  hookStatusInWords[hook.status],
  tookInWords(hook),
  hook.reason ?? '',
];

/** A report for a job's summary or a pull request: the sentence, the weights, the decisions. */
export const renderMarkdown = (report: Report): string => {
  const { deployment, outcome, courses, decisions, hooks, marks, durationMs } = report;
  const { sentence, more } = outcomeSaid(report);
  const done = outcome.kind === 'succeeded' ? '✅' : outcome.kind === 'running' ? '⏳' : '❌';
  const incomparable = report.plan === null ? null : notComparable(report.plan);
  const facts = [
    `**${cell(deployment.from ?? (report.plan === null ? 'not planned' : 'first deployment'))} → ` +
      `${cell(deployment.to)}** on ${cell(deployment.cluster)}/${cell(deployment.service)}`,
    `took ${formatDuration(durationMs)}`,
    ...(deployment.startedBy === null ? [] : [`started by ${cell(claimed(deployment.startedBy))}`]),
    ...(incomparable === null ? [] : [`not compared: ${cell(incomparable)}`]),
    ...(deployment.link === null ? [] : [`[execution](${deployment.link})`]),
  ];
  const weights = courses.flatMap(({ route, points }) =>
    points.map(({ atMs, greenPct }) => [
      formatDuration(atMs),
      route,
      greenPct === null ? 'no split of ours' : `${bar(greenPct)} ${greenPct} %`,
    ]),
  );
  return [
    `### ${done} ${cell(sentence)}`,
    // As it stands: preflight's findings are lines, and their commands are to be copied.
    ...(more === '' ? [] : [`\`\`\`text\n${more.replaceAll('```', "'''")}\n\`\`\``]),
    facts.join(' · '),
    ...section('Weight of green', ['after', 'route', 'green'], weights),
    ...section(
      'Who did what',
      ['after', 'who', 'what', 'why'],
      marks.map(({ atMs, who, what, why }) => [formatDuration(atMs), who, what, why]),
    ),
    ...section('Hooks', ['after', 'hook', 'stage', 'result', 'took', 'why'], hooks.map(hookRow)),
    ...section(
      'Decisions',
      ['after', 'decision', 'why', 'way back'],
      foldHolds(decisions).map(({ first, last, times }) => [
        formatDuration(first.atMs),
        times > 1 ? `${decisionInWords[last.kind]}, ${times} observations` : decisionInWords[last.kind],
        last.reason,
        [shortWayBack(last.evidence.readiness), last.evidence.size?.line]
          .filter((text) => text !== undefined)
          .join('; '),
      ]),
    ),
    '',
  ].join('\n\n');
};
