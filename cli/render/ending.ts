import { executionLink } from '../../core/console-link.ts';
import { formatDuration } from '../../core/duration.ts';
import { type Stage, stageMeanings } from '../watch/stage.ts';
import type { EndKind, View } from '../watch/view.types.ts';
import type { WatchResult } from '../watch/watch.ts';
import { waitingWords } from './live-stages.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

const LABEL_COLUMNS = 12;

type Style = Parameters<Paint>[0];

const ends: Record<EndKind, { title: string; style: Style }> = {
  succeeded: { title: 'SUCCEEDED', style: ['green', 'bold'] },
  rolledBack: { title: 'ROLLED BACK', style: ['yellow', 'bold'] },
  aborted: { title: 'ABORTED, ROLLED BACK', style: ['yellow', 'bold'] },
  refused: { title: 'REFUSED', style: ['red', 'bold'] },
  stuck: { title: 'STUCK', style: ['red', 'bold'] },
};

type EndingOptions = { width: number; paint: Paint; target: string; executionArn: string };

/** The end of a log: how it ended or why it is left, and what to type next. */
export const ending = (result: WatchResult, options: EndingOptions): string => {
  const { paint, width, executionArn } = options;
  const { view } = result;
  const ended = view?.ended ?? null;
  const row = (label: string, text: string): string =>
    `  ${paint('dim', label.padEnd(LABEL_COLUMNS - 2))}${hang(text, LABEL_COLUMNS, width)}`;
  // Not wrapped, so that it can be copied.
  const copied = (label: string, text: string): string =>
    `  ${paint('dim', label.padEnd(LABEL_COLUMNS - 2))}${text}`;
  const { title, style } = ended === null ? leaving(result) : ends[ended.kind];
  const link = executionLink(view?.executionArn ?? executionArn);
  const lines = [
    '',
    `  ${paint(style, title)}`,
    ...(ended === null ? whyLeft(result).split('\n') : ended.reason.split('\n')).map((text, index) =>
      row(index === 0 ? 'why' : '', text),
    ),
    ...(view === null ? [] : versionRows(view, row)),
    ...(ended === null
      ? nextSteps(result, options.target, copied)
      : afterEnd(ended.kind, options.target, copied)),
    ...(link === null ? [copied('execution', executionArn)] : [copied('console', link)]),
  ];
  return `${lines.join('\n')}\n\n`;
};

type Row = (label: string, text: string) => string;

const versionRows = (view: View, row: Row): string[] => {
  const { ended, from, to, startedAtMs, nowMs } = view;
  const ms = (ended?.endedAtMs ?? nowMs) - startedAtMs;
  return [
    row(
      'version',
      ended?.kind === 'refused'
        ? `${to ?? 'not known'}, not deployed`
        : `${from ?? (view.shifts.length === 0 ? 'not known yet' : 'nothing before')} → ${to ?? 'not known yet'}`,
    ),
    row(ended === null ? 'so far' : 'took', formatDuration(Math.max(0, ms))),
  ];
};

const leaving = ({ kind }: WatchResult): { title: string; style: Style } =>
  kind === 'stageReached'
    ? { title: 'STAGE REACHED, THE DEPLOYMENT CONTINUES', style: ['green', 'bold'] }
    : kind === 'waiting'
      ? { title: 'WAITS FOR A PERSON', style: ['yellow', 'bold'] }
      : { title: 'STILL RUNNING, NO LONGER WATCHED', style: ['yellow', 'bold'] };

/** Why nobody watches any more, in a sentence. */
export const whyLeft = (result: WatchResult): string => {
  const { kind, view } = result;
  switch (kind) {
    case 'stageReached':
      return `${result.stage}: ${stageMeanings[result.stage satisfies Stage]}`;
    case 'stageMissed':
      return `${result.stage}: it is over, or the plan has none; the deployment is ${view?.doing ?? 'running'}`;
    case 'waiting':
      return view === null
        ? 'waits for a person'
        : `${waitingWords(view)}: ${view.decision?.reason ?? view.why}`;
    case 'timedOut':
      return `the time to watch it is over; the deployment is ${view?.doing ?? 'not known to have started'}`;
    case 'unreadable':
      return 'nothing could be read for an hour; the deployment continues by itself';
    case 'interrupted':
      return `watching was interrupted; the deployment continues by itself, ${view?.doing ?? 'as far as is known'}`;
    case 'ended':
      return '';
    default:
      return result satisfies never;
  }
};

const nextSteps = ({ kind, view }: WatchResult, target: string, row: Row): string[] => {
  const possible = view?.possible ?? [];
  const steps = (['approve', 'resume'] as const).filter(
    (command) => kind === 'waiting' && possible.includes(command),
  );
  return [
    ...steps.map((command) => row(command, `cutover ${command} ${target}`)),
    row('watch', `cutover watch ${target}`),
    ...(view?.canAbort === false ? [] : [row('roll back', `cutover abort ${target}`)]),
  ];
};

const afterEnd = (kind: EndKind, target: string, row: Row): string[] => {
  if (kind === 'succeeded') return [row('go back', `cutover rollback ${target}`)];
  if (kind === 'stuck') return [row('details', `cutover status ${target}`)];
  return [];
};
