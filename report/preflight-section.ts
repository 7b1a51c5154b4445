import { type Html, html } from './html.ts';
import type { Report } from './report.types.ts';

/** What stands between backticks is to be typed. */
const prose = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

const finding = ({ id, severity, message, fix, commands = [] }: Report['findings'][number]): Html => {
  const what = html`<strong>${severity} ${id}</strong><div>${prose(message)}.</div>`;
  const typed = commands.map((command) => html`<pre tabindex="0"><code>${command}</code></pre>`);
  return html`<li class="${severity}">${what}<div class="fix">${prose(fix)}</div>${typed}</li>`;
};

const none = ({ outcome, source }: Report): string =>
  outcome.kind === 'refused' && source === 'deployment'
    ? 'What it refused with stands at the top.'
    : 'No problems found.';

export const preflightSection = (report: Report): Html => {
  const { findings } = report;
  const body =
    findings.length === 0
      ? html`<p>${none(report)}</p>`
      : html`<ul class="findings">${findings.map(finding)}</ul>`;
  return html`<section id="preflight"><h2>Preflight</h2>${body}</section>`;
};
