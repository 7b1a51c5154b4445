import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { WorldPreflight } from '../rehearsal/preflight-world.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

const INDENT = 4;

/**
 * What preflight has to say, a paragraph each. A command stands alone and is never wrapped, so that it can be copied.
 */
export const findingRows = (findings: readonly Finding[], width: number, paint: Paint): string => {
  if (findings.length === 0) return `  ${paint('green', 'preflight: no problems found')}`;
  return findings
    .map(({ id, severity, message, fix, commands = [], docs }) => {
      const title = paint(severity === 'error' ? ['red', 'bold'] : ['yellow', 'bold'], `${severity} ${id}`);
      return [
        `  ${title}`,
        `    ${hang(message, INDENT, width)}`,
        `    ${paint('cyan', hang(`what to do: ${fix}`, INDENT, width))}`,
        ...commands.map((command) => `      ${paint('cyan', command)}`),
        ...(docs === undefined ? [] : [`    ${paint('dim', `more: ${docs}`)}`]),
      ].join('\n');
    })
    .join('\n');
};

/** Above a rehearsal's timeline. */
export const rehearsalPreflightText = (
  { findings, unseen }: WorldPreflight,
  width: number,
  paint: Paint,
): string => {
  const note =
    unseen.length === 0
      ? []
      : [
          '',
          `  ${paint(
            'yellow',
            hang(
              `The rehearsal continues: neither it nor a deployment reads ${unseen.join(', ')}. In the ` +
                'account, green would not get healthy.',
              2,
              width,
            ),
          )}`,
        ];
  return `${[findingRows(findings, width, paint), ...note].join('\n')}\n\n`;
};
