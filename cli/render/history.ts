import { formatDuration } from '../../core/duration.ts';
import { claimed } from '../../core/operator/claimed.ts';
import type { EarlierDeployment } from '../account/history.ts';
import type { EndKind } from '../watch/view.types.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

type Style = Parameters<Paint>[0];

export const endWords: Record<EndKind, { text: string; style: Style }> = {
  succeeded: { text: 'succeeded', style: 'green' },
  rolledBack: { text: 'rolled back', style: 'yellow' },
  aborted: { text: 'aborted', style: 'yellow' },
  refused: { text: 'refused', style: 'red' },
  stuck: { text: 'stuck', style: ['red', 'bold'] },
};

const INDENT = 4;

/** One deployment: a line with when, what and how it ended, and the reason under it. */
export const deploymentRow = (deployment: EarlierDeployment, width: number, paint: Paint): string => {
  const { ended, startedAtMs, endedAtMs, from, to, deploymentId, startedBy, strategy } = deployment;
  const how = ended === null ? { text: 'running', style: 'cyan' as Style } : endWords[ended.kind];
  const started = `${new Date(startedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const took = endedAtMs === null ? '' : `  ${formatDuration(endedAtMs - startedAtMs)}`;
  const head =
    `  ${paint('dim', started)}  ${paint(how.style, how.text.padEnd(11))}  ` +
    `${paint('bold', `${from ?? '-'} → ${to ?? '?'}`)}${took}`;
  const about = [deploymentId, strategy, startedBy === null ? null : `by ${claimed(startedBy)}`]
    .filter((part) => part !== null)
    .join(', ');
  const reason = ended === null ? [] : ended.reason.split('\n').slice(0, 3);
  const under = [about, ...reason].map(
    (line) => `${' '.repeat(INDENT)}${paint('dim', hang(line, INDENT, width))}`,
  );
  return `${[head, ...under].join('\n')}\n`;
};
