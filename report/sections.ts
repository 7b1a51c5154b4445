import { decisionInWords, shiftInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { evidenceOf } from '../core/figures.ts';
import { scalingLine } from '../core/scaling/planned.ts';
import type { Weights } from '../core/vocabulary/plan.types.ts';
import { targetGroupName } from '../core/weights/weights.ts';
import { type EvidencePoint, evidencePoints } from './evidence.ts';
import { type Fold, foldHolds } from './fold-holds.ts';
import { type Html, html } from './html.ts';
import type { Count, Report, ReportedDecision } from './report.types.ts';
import { table } from './table.ts';
import { shortWayBack } from './way-back.ts';

const time = (atMs: number): Html => html`<td class="time">${formatDuration(atMs)}</td>`;

const share = (weights: Weights | null): string =>
  weights === null ? 'no split of ours' : `${weights.blue} / ${weights.green}`;

/** Said once when all routes have the same. */
const sharesOf = (routes: ReportedDecision['evidence']['routes']): string[] => {
  const [first, ...others] = routes.map(({ weights }) => share(weights));
  if (first !== undefined && others.every((other) => other === first)) return [first];
  return routes.map(({ label, weights }) => `${label}: ${share(weights)}`);
};

const count = (of: Count | null): string => (of === null ? 'unknown' : `${of.healthy} of ${of.of}`);

export const deedsSection = ({ marks }: Report): Html =>
  html`<section id="deeds"><h2>Who did what</h2>${table(
    'What the numbers in the chart stand for',
    ['#', 'After', 'Kind', 'Who', 'What', 'Why'],
    marks.map(
      ({ atMs, kind, who, what, why }, index) =>
        html`<tr id="mark-${index + 1}" class="${kind}"><th scope="row">${index + 1}</th>${time(atMs)}<td>${kindWords[kind]}</td><td>${who}</td><td>${what}</td><td>${firstLine(why)}</td></tr>`,
    ),
    'marks',
  )}</section>`;

/** A reason of many lines stands at the top of the page, or in its section. */
const firstLine = (text: string): string => text.split('\n')[0] ?? text;

export const kindWords: Record<Report['marks'][number]['kind'], string> = {
  shift: 'shift',
  rollBack: 'roll back',
  alarm: 'alarm',
  command: 'command',
  hook: 'hook',
  foreign: 'somebody else',
  fault: 'fault',
  milestone: 'milestone',
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

type SeenCommand = ReportedDecision['evidence']['commands'][number];

/** The evidence lists every command of the deployment so far: a row says those that the row before did not know. */
const withNewCommands = (rows: readonly Fold[]): (Fold & { fresh: SeenCommand[] })[] =>
  rows.map((row, index) => {
    const known = rows[index - 1]?.last.evidence.commands.map((command) => JSON.stringify(command)) ?? [];
    const seen = row.last.evidence.commands;
    return { ...row, fresh: seen.filter((command) => !known.includes(JSON.stringify(command))) };
  });

const decisionRow = ({ first, last, times, fresh }: Fold & { fresh: SeenCommand[] }): Html => {
  const { kind, reason, evidence } = last;
  const { blue, green, alarms, routes, readiness, size } = evidence;
  const healthy = (group: { healthy: number; wanted: number } | null): string =>
    count(group === null ? null : { healthy: group.healthy, of: group.wanted });
  return html`<tr class="${kind}"><td class="time">${formatDuration(first.atMs)}${times > 1 ? ` to ${formatDuration(last.atMs)}` : ''}</td><th scope="row">${decisionInWords[kind]}${times > 1 ? `, ${times} observations` : ''}</th><td>${reason}</td><td class="number">${healthy(blue)}</td><td class="number">${healthy(green)}</td><td>${lines(
    alarms.map(({ name, state }) => `${name}: ${state}`),
  )}</td><td>${lines(sharesOf(routes))}</td><td>${lines([shortWayBack(readiness), ...(size === undefined ? [] : [size.line])])}</td><td>${lines(
    fresh.map(({ kind, by }) => `${kind} by ${by}`),
  )}</td></tr>`;
};

const lines = (texts: readonly string[]): Html[] => texts.map((text) => html`<div>${text}</div>`);

export const planSection = ({ plan }: Report): Html => {
  if (plan === null)
    return html`<section id="plan"><h2>The plan</h2><p>There was none: nothing was written to ECS or the load balancer.</p></section>`;
  const rows: [string, string][] = [
    ['Strategy', plan.strategyName],
    ['Routes', plan.routes.map(({ label }) => label).join('; ')],
    ...(plan.test === undefined
      ? []
      : [
          ['Test route', [plan.test.route.label, plan.test.url].filter(Boolean).join(', ')] satisfies [
            string,
            string,
          ],
        ]),
    ['Blue', plan.blueTargetGroupArn === null ? 'none' : targetGroupName(plan.blueTargetGroupArn)],
    ['Green', targetGroupName(plan.green.targetGroupArn)],
    ['Images', plan.green.images.map(({ container, image }) => `${container}: ${image}`).join('; ')],
    ['Desired count', String(plan.desiredCount)],
    ...(plan.scaling === undefined
      ? []
      : [['Autoscaling', scalingLine(plan.scaling).replaceAll('`', '')] satisfies [string, string]]),
    ['Alarms', plan.alarms.names.length === 0 ? 'none' : plan.alarms.names.join(', ')],
    [
      'Green gets traffic',
      `when healthy for ${formatDuration(plan.healthyForMs)}, at most ` +
        `${formatDuration(plan.timeToHealthyMs)} after its launch`,
    ],
  ];
  return html`<section id="plan"><h2>The plan</h2>
${table(
  'Shifts',
  ['#', 'Green', 'Then bakes for', 'Then'],
  plan.shifts.map(
    ({ greenPct, bakeMs, approval, test }, index) =>
      html`<tr><th scope="row">${index + 1}</th><td class="number">${shiftInWords({ greenPct, ...(test && { test }) })}</td><td class="number">${formatDuration(bakeMs)}</td><td>${approval === true ? 'waits for an approval' : index + 1 === plan.shifts.length ? 'green is promoted, blue goes' : 'continues'}</td></tr>`,
  ),
)}
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
};

export const preflightSection = ({ findings, outcome, source }: Report): Html =>
  html`<section id="preflight"><h2>Preflight</h2>${
    findings.length === 0
      ? html`<p>${outcome.kind === 'refused' && source === 'deployment' ? 'What it refused with stands at the top.' : 'No problems found.'}</p>`
      : html`<ul class="findings">${findings.map(
          ({ id, severity, message, fix, commands = [] }) =>
            html`<li class="${severity}"><strong>${severity} ${id}</strong><div>${prose(message)}.</div><div class="fix">${prose(fix)}</div>${commands.map(
              (command) => html`<pre tabindex="0"><code>${command}</code></pre>`,
            )}</li>`,
        )}</ul>`
  }</section>`;

/** What stands between backticks is to be typed. */
const prose = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

export const differenceSection = ({ difference, plan, deployment: { from, to } }: Report): Html => {
  const body =
    difference === null
      ? html`<p>${plan === null ? 'There was no plan, and so nothing to compare.' : from === null ? 'A first deployment: there is nothing to compare with.' : 'The two revisions could not be compared: one of them could not be read.'}</p>`
      : difference.length === 0
        ? html`<p>${from ?? ''} and ${to} say the same.</p>`
        : table(
            `What ${to} changes of ${from}`,
            ['Member', from ?? 'before', to],
            difference.map(
              ({ path, before, after }) =>
                html`<tr><th scope="row">${path}</th><td class="before">${value(before)}</td><td class="after">${value(after)}</td></tr>`,
            ),
          );
  return html`<section id="difference"><h2>The task definition</h2>${body}</section>`;
};

const value = (of: unknown): Html =>
  of === undefined
    ? html`<em>not there</em>`
    : html`<code>${typeof of === 'string' ? of : JSON.stringify(of)}</code>`;

const evidenceTable = (points: EvidencePoint[]): Html | null =>
  points.length === 0
    ? null
    : table(
        'Green beside blue, at each decision: failed requests, and the evidence that green is worse',
        ['After', 'Verdict', 'Blue', 'failed', 'Green', 'failed', 'Evidence', 'Proof of no harm, of 20'],
        points.map(
          ({ atMs, kind, blue, green, logE, logUnharmed }) =>
            html`<tr>${time(atMs)}<td>${kind}</td>${[blue.requests, blue.bad, green.requests, green.bad].map((number) => html`<td class="number">${number}</td>`)}${[logE, logUnharmed].map((log) => html`<td class="number">${log === null ? '-' : evidenceOf(log)}</td>`)}</tr>`,
        ),
        'evidence',
      );

/** The numbers behind the charts, for the one who cannot or will not read them off a drawing. */
export const numbersSection = ({ courses, targets, traffic, decisions }: Report): Html => {
  const evidence = evidencePoints({ decisions });
  return html`<details id="numbers"><summary>The numbers behind the charts</summary>
${courses.map(({ route, points }, index) =>
  table(
    `Weight of green on ${route}`,
    ['After', 'Green'],
    points.map(
      ({ atMs, greenPct }) =>
        html`<tr>${time(atMs)}<td class="number">${greenPct === null ? 'no split of ours' : `${greenPct} %`}</td></tr>`,
    ),
    `course-${index + 1}`,
  ),
)}
${table(
  'Healthy targets, of those registered or wanted',
  ['After', 'Blue', 'Green'],
  targets.map(
    ({ atMs, blue, green }) =>
      html`<tr>${time(atMs)}<td class="number">${count(blue)}</td><td class="number">${count(green)}</td></tr>`,
  ),
  'targets',
)}
${evidenceTable(evidence)}
${
  traffic === null
    ? html`<p>Requests of users are in CloudWatch, not in the deployment's record.</p>`
    : table(
        `Requests in slices of ${formatDuration(traffic.sliceMs)}`,
        ['From', 'Blue', 'failed', 'Green', 'failed'],
        traffic.slices.map(
          ({ atMs, blue, green }) =>
            html`<tr>${time(atMs)}${[blue.requests, blue.failed, green.requests, green.failed].map((number) => html`<td class="number">${number}</td>`)}</tr>`,
        ),
        'traffic',
      )
}</details>`;
};

/** A box for each kind; the style sheet hides the rows of those that are not ticked, without any script. */
export const eventsSection = ({ events, source }: Report): Html => {
  const kinds = [...new Set(events.map(({ kind }) => kind))].sort();
  return html`<section id="events"><h2>Everything that happened</h2>
<details><summary>${events.length} events${source === 'rehearsal' ? ' of the rehearsal' : ''}</summary>
<fieldset><legend>Show</legend>${kinds.map(
    (kind) => html`<label><input type="checkbox" checked data-kind="${kind}"> ${kind}</label>`,
  )}</fieldset>
${table(
  'Every event in order',
  ['After', 'Kind', 'What', 'Why'],
  events.map(
    ({ atMs, kind, what, why }) =>
      html`<tr class="event" data-kind="${kind}">${time(atMs)}<td>${kind}</td><td>${what}</td><td>${why}</td></tr>`,
  ),
  'all-events',
)}</details></section>`;
};
