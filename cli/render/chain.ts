import { count } from '../../core/figures.ts';
import type { ChainCheck } from '../../core/history/chain.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

/** What `history --verify` found, for a person. */
export const chainText = (words: string, check: ChainCheck, width: number, paint: Paint): string => {
  if (check.kind === 'whole') {
    const last = check.last === null ? '' : `\n  the last, number ${check.last.number}: ${check.last.digest}`;
    if (check.count === 0)
      return `\n  the history of ${words} has no end yet: there is nothing to verify\n\n`;
    return (
      `\n  ${paint('green', 'unchanged')}  the history of ${words}: ${count(check.count, 'end')}, each names the ` +
      `digest of the one before${paint('dim', last)}\n\n`
    );
  }
  const { what, record, deploymentId, description } = check;
  const which = typeof record === 'number' ? `record number ${record}` : `the record ${record}`;
  const whose = deploymentId === null ? '' : ` (${deploymentId})`;
  const todo =
    "What is left to read: the table's point-in-time backups, CloudTrail's data events of the table if they are on, " +
    'and reports that have digests.';
  const lines = [`the history of ${words}: ${which}${whose} was ${what}: ${description}.`, todo];
  return `\n  ${paint('red', 'broken')}  ${lines.map((line) => hang(line, 2, width)).join('\n  ')}\n\n`;
};
