import { commandIn } from '../../core/operator/command-limits.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { WatchedPlan } from './forward.types.ts';

/** The kinds of the commands that were accepted so far. */
export const commandsOf = ({
  world,
  deploymentId,
}: Pick<WatchedPlan, 'world' | 'deploymentId'>): CommandKind[] => {
  const items = world.dynamoDb.partition(`deployment#${deploymentId}`);
  const record = items.find(({ sk }) => sk === 'record') ?? {};
  return items
    .flatMap(({ commandJson }) => (typeof commandJson === 'string' ? commandIn(JSON.parse(commandJson)) : []))
    .filter(({ id }) => record[`accepted_${id}`] !== undefined)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ kind }) => kind);
};
