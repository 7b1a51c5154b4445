import { hookStatusInWords } from '../core/hooks/evidence.ts';
import { stageOf, tookInWords } from './hooks.ts';
import { type Html, html } from './html.ts';
import type { Report, ReportedHook } from './report.types.ts';
import { cell, number, row, rowHead, table, time } from './table.ts';

const answerOf = ({ answer }: ReportedHook): Html | null =>
  answer === null
    ? null
    : html`<details><summary>answer</summary><pre tabindex="0"><code>${answer}</code></pre></details>`;

const runOf = ({ runId, link, kind }: ReportedHook): Html =>
  link === null
    ? html`<code>${runId}</code>`
    : html`<a href="${link}">${kind === 'task' ? 'task' : 'execution'}</a>`;

const hookRow = (hook: ReportedHook): Html =>
  row(
    [
      time(hook.atMs),
      rowHead(hook.name),
      cell(stageOf(hook)),
      cell(hookStatusInWords[hook.status]),
      number(tookInWords(hook)),
      cell(hook.reason ?? ''),
      cell([answerOf(hook), runOf(hook)]),
    ],
    { class: `hook ${hook.status}` },
  );

/** What each hook answered; a deployment without hooks has no such section. */
export const hooksSection = ({ hooks }: Report): Html | null =>
  hooks.length === 0
    ? null
    : html`<section id="hooks"><h2>Hooks</h2>${table(
        'Each run with its result',
        ['After', 'Hook', 'Stage', 'Result', 'Took', 'Why', 'Evidence'],
        hooks.map(hookRow),
        'all-hooks',
      )}</section>`;
