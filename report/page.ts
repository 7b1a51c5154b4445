import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { formatDuration } from '../core/duration.ts';
import { grouped } from '../core/figures.ts';
import { claimed } from '../core/operator/claimed.ts';
import { chart } from './chart.ts';
import { decisionsSection } from './decisions-section.ts';
import { deedsSection, kindWords } from './deeds-section.ts';
import { differenceSection } from './difference-section.ts';
import { eventsSection } from './events-section.ts';
import { hooksSection } from './hooks-section.ts';
import { attributes, type Html, html, jsonForScript, verbatim } from './html.ts';
import { lanesOf } from './lanes.ts';
import { numbersSection } from './numbers-section.ts';
import { planSection } from './plan-section.ts';
import { preflightSection } from './preflight-section.ts';
import { markKinds, type Report, type Requests } from './report.types.ts';

const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
const script = readFileSync(new URL('./page.browser.js', import.meta.url), 'utf8');

const titles: Record<Report['outcome']['kind'], string> = {
  succeeded: 'Succeeded',
  rolledBack: 'Rolled back',
  refused: 'Refused',
  stuck: 'Stuck',
  running: 'Still running',
};

/** A reason that is longer is read as text, not as a headline. */
const HEADLINE_CHARACTERS = 200;

/** What it came to, as one would tell a colleague: one sentence, and what does not fit into it. */
export const outcomeSaid = (report: Report): { sentence: string; more: string } => {
  const reason = report.outcome.reason.replace(/\.$/, '');
  const [first = '', ...others] = reason.split('\n');
  const fits = first.length <= HEADLINE_CHARACTERS;
  return {
    sentence: `${whatCameOut(report)}${fits ? `: ${first.replace(/\.$/, '')}` : ''}.`,
    // What preflight refused with has a section of its own.
    more:
      report.findings.length > 0 && others.length > 0 ? '' : fits ? others.join('\n') : sentenceOf(reason),
  };
};

const sentenceOf = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;

const whatCameOut = ({ deployment, outcome, durationMs, source }: Report): string => {
  const { to, cluster, service } = deployment;
  const what = `${source === 'rehearsal' ? 'In rehearsal, ' : ''}${to} on ${cluster}/${service}`;
  const took = formatDuration(durationMs);
  switch (outcome.kind) {
    case 'succeeded':
      return `${what} was deployed in ${took}${outcome.despite === undefined ? '' : `, ${outcome.despite}`}`;
    case 'rolledBack':
      return `${what} was rolled back within ${took}`;
    case 'refused':
      return `${what} was refused, and nothing was changed`;
    case 'stuck':
      return `${what} is stuck and needs a person`;
    case 'running':
      return `${what} has been running for ${took}`;
    default:
      return outcome.kind satisfies never;
  }
};

/**
 * The whole report as one HTML file: style, drawing, numbers and a script of a few lines, and a policy that forbids
 * it to load anything else. It reads without the script, too: ticket systems like to remove those.
 */
export const renderPage = (report: Report): string => {
  const { deployment, outcome } = report;
  const title = `${deployment.service} ${deployment.to}: ${titles[outcome.kind].toLowerCase()}`;
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src " +
    `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${verbatim(style)}${verbatim(kindRules(report))}</style>
</head>
<body>
<a class="skip" href="#what">Skip to what happened</a>
${head(report)}
<main>
${outcome.kind === 'refused' ? preflightSection(report) : null}
<section id="what"><h2>What happened</h2>
${lanesOf(report).length === 0 ? NOTHING_TO_DRAW : charts(report)}
</section>
${deedsSection(report)}
${hooksSection(report)}
${decisionsSection(report)}
${planSection(report)}
${outcome.kind === 'refused' ? null : preflightSection(report)}
${differenceSection(report)}
${eventsSection(report)}
</main>
<script type="application/json" id="report">${jsonForScript(report)}</script>
<script>${verbatim(script)}</script>
</body>
</html>
`.text;
};

const NOTHING_TO_DRAW = html`<p>It ended before anything was shifted: there is nothing to draw.</p>`;

const charts = (report: Report): Html => {
  const lastSecond = Math.max(1, Math.round(report.durationMs / 1_000));
  const slider = attributes({ type: 'range', id: 'moment', min: 0, max: lastSecond, step: 1, value: 0 });
  const shown = html`<output id="moment-says" for="moment" aria-live="polite"></output>`;
  return html`${legend(report)}
<div class="scroll" tabindex="0" role="region" aria-label="Charts over time">${chart(report)}</div>
<p class="moment"><label for="moment">Show a moment</label> <input${slider}> ${shown}</p>
${numbersSection(report)}`;
};

const navigation = ({ hooks }: Report): Html => {
  const sections: [string, string][] = [
    ['what', 'What happened'],
    ['deeds', 'Who did what'],
    ...(hooks.length === 0 ? [] : ([['hooks', 'Hooks']] satisfies [string, string][])),
    ['decisions', 'Decisions'],
    ['plan', 'The plan'],
    ['preflight', 'Preflight'],
    ['difference', 'The task definition'],
    ['events', 'Everything'],
  ];
  const links = sections.map(
    ([id, name], index) => html`${index === 0 ? '' : ' '}<a href="#${id}">${name}</a>`,
  );
  return html`<nav aria-label="Sections">${links}</nav>`;
};

const requestFacts = ({ total }: NonNullable<Report['traffic']>): Html[] => {
  const failed = html`<span id="failed-total">${grouped(total.failed)}</span>${failedShare(total)}`;
  return [
    html`<div><dt>Requests</dt><dd id="requests-total">${grouped(total.requests)}</dd></div>`,
    html`<div${attributes({ class: total.failed > 0 ? 'bad' : undefined })}><dt>Failed</dt><dd>${failed}</dd></div>`,
  ];
};

const head = (report: Report): Html => {
  const { deployment, outcome, startedAtMs, durationMs, traffic, decisions, facts, source, plan } = report;
  const { sentence, more } = outcomeSaid(report);
  const rows: Html[] = [
    fact('Service', `${deployment.cluster}/${deployment.service}`),
    fact(
      'From',
      deployment.from ?? (plan === null ? 'not known: there was no plan' : 'nothing: a first deployment'),
    ),
    fact('To', deployment.to),
    fact('Deployment', deployment.id ?? 'none'),
    ...(deployment.startedBy === null && source === 'rehearsal'
      ? []
      : [
          fact(
            'Started by',
            deployment.startedBy === null
              ? 'not said; CloudTrail has the identity'
              : claimed(deployment.startedBy),
          ),
        ]),
    ...(source === 'rehearsal'
      ? []
      : [fact('Started', new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ').concat(' UTC'))]),
    fact('Took', formatDuration(durationMs)),
    fact('Decisions', String(decisions.length)),
    ...(traffic === null ? [] : requestFacts(traffic)),
    ...facts.map(({ name, value, bad, command }) => fact(name, value, bad, command)),
    ...(deployment.link === null
      ? []
      : [
          html`<div><dt>Execution</dt><dd><a href="${deployment.link}">in the Step Functions console</a></dd></div>`,
        ]),
  ];
  return html`<header>
<p class="badge ${outcome.kind}">${titles[outcome.kind]}</p>
<h1>${sentence}</h1>${more === '' ? null : html`<p class="why">${more}</p>`}
<dl class="facts">${rows}</dl>
${navigation(report)}
</header>`;
};

/** Two digits, and never `0 %` of something that happened. */
const failedShare = ({ requests, failed }: Requests): string =>
  failed === 0 ? '' : ` (${Number(((100 * failed) / requests).toPrecision(2))} %)`;

const fact = (name: string, value: string, bad?: true, command?: true): Html => {
  const kind = bad === true ? 'bad' : command === true ? 'wide' : 'plain';
  const shown = command === true ? html`<code>${value}</code>` : value;
  return html`<div class="${kind}"><dt>${name}</dt><dd>${shown}</dd></div>`;
};

const legend = ({ marks }: Report): Html => {
  const present = markKinds.filter((kind) => marks.some((mark) => mark.kind === kind));
  const keys = present.map((kind) => html` <span class="key ${kind}">${kindWords[kind]}</span>`);
  const blue = html`<span class="blue">blue, the version before (dashed)</span>`;
  const green = html`<span class="green">green, the new version</span>`;
  return html`<p class="legend">${blue} ${green}${keys}</p>`;
};

/** A rule a kind: `:has()` lets a tick box hide rows that are no siblings of it. */
const kindRules = ({ events }: Report): string =>
  [...new Set(events.map(({ kind }) => kind))]
    .filter((kind) => /^\w+$/.test(kind))
    .map(
      (kind) => `#events:has(input[data-kind="${kind}"]:not(:checked)) tr[data-kind="${kind}"]{display:none}`,
    )
    .join('\n');
