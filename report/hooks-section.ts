import { formatDuration } from '../core/duration.ts';
import { hookStatusInWords } from '../core/hooks/evidence.ts';
import { stageOf, tookInWords } from './hooks.ts';
import { type Html, html } from './html.ts';
import type { Report, ReportedHook } from './report.types.ts';
import { table } from './table.ts';

const answerOf = ({ answer, runId, link, kind }: ReportedHook): Html =>
  html`${
    answer === null
      ? null
      : html`<details><summary>answer</summary><pre tabindex="0"><code>${answer}</code></pre></details>`
  }${link === null ? html`<code>${runId}</code>` : html`<a href="${link}">${kind === 'task' ? 'task' : 'execution'}</a>`}`;

/** What each hook answered; a deployment without hooks has no such section. */
export const hooksSection = ({ hooks }: Report): Html | null =>
  hooks.length === 0
    ? null
    : html`<section id="hooks"><h2>Hooks</h2>${table(
        'Each run with its result',
        ['After', 'Hook', 'Stage', 'Result', 'Took', 'Why', 'Evidence'],
        hooks.map(
          (hook) =>
            html`<tr class="hook ${hook.status}"><td class="time">${formatDuration(hook.atMs)}</td><th scope="row">${hook.name}</th><td>${stageOf(hook)}</td><td>${hookStatusInWords[hook.status]}</td><td class="number">${tookInWords(hook)}</td><td>${hook.reason ?? ''}</td><td>${answerOf(hook)}</td></tr>`,
        ),
        'all-hooks',
      )}</section>`;
