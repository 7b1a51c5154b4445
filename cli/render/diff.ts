import { nameOf } from '../../core/deployment/service-key.ts';
import type { Difference } from '../../report/document-diff.ts';
import type { Revision } from '../account/revision.ts';
import type { Paint } from './paint.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const rows = ({ path, before, after }: Difference, paint: Paint): string[] => [
  `    ${path}`,
  ...(before === undefined ? [] : [`      ${paint('red', `- ${shown(before)}`)}`]),
  ...(after === undefined ? [] : [`      ${paint('green', `+ ${shown(after)}`)}`]),
];

/** What changes against the running revision. Not wrapped: an image's name is something to copy. */
export const diffText = ({ running, changes, unread }: Revision, to: string, paint: Paint): string => {
  if (unread !== undefined) {
    return `  ${paint('bold', `task definition ${to}`)}\n    what changes cannot be shown: ${unread}\n`;
  }
  const from = running === null ? '(nothing runs yet)' : nameOf(running);
  const title = `  ${paint('bold', `task definition ${from} → ${to}`)}`;
  if (changes === null) return `${title}\n`;
  if (changes.length === 0) return `${title}\n    nothing changes: the running revision is deployed again\n`;
  return `${[title, ...changes.flatMap((change) => rows(change, paint))].join('\n')}\n`;
};

/** What was registered is not what was asked; empty where it is. */
export const alteredText = (altered: readonly Difference[], taskDefinition: string, paint: Paint): string =>
  altered.length === 0
    ? ''
    : [
        `warning: ${nameOf(taskDefinition)} is registered, and ECS made something else of what was asked:`,
        ...altered.flatMap((one) => rows(one, paint)),
        '',
      ].join('\n');
