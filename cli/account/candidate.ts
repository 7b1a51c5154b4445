import type { TaskDefinitionDocument } from '../../core/plan/task-definition-document.ts';
import { UsageError } from '../usage-error.ts';
import type { Account } from './account.ts';
import { CONFIGURED, readWanted, runningRevision } from './revision.ts';
import type { Target } from './target.ts';

/** What would be deployed: a revision that exists, or a document that has yet to be registered. */
export type Candidate = { taskDefinition: string } | { document: TaskDefinitionDocument };

/** What --task-definition names, else cutover.yaml, else what runs. */
export const candidateOf = async (
  account: Account,
  target: Target,
  given: string | undefined,
  configured: unknown,
): Promise<Candidate> => {
  const named = given ?? (typeof configured === 'string' ? configured : null);
  const wanted = readWanted(named, [], given === undefined ? CONFIGURED : '--task-definition');
  const taskDefinition = named ?? (await runningRevision(account, target));
  if (taskDefinition === null) {
    throw new UsageError(`${target.words} has no running task set to take the task definition from`, {
      hint: 'name one with --task-definition',
    });
  }
  return wanted.asked === null ? { taskDefinition } : { document: wanted.asked };
};
