import type { Command, CommandKind } from '../../core/vocabulary/command.types.ts';
import type { WatchedPlan } from './forward.types.ts';

/** The kinds of the commands that were accepted so far. */
export const commandsOf = ({
  world,
  deploymentId,
}: Pick<WatchedPlan, 'world' | 'deploymentId'>): CommandKind[] => {
  const item = world.dynamoDb
    .items()
    .find(({ pk, sk }) => pk === `deployment#${deploymentId}` && sk === 'record');
  return Object.entries(item ?? {})
    .filter(([name]) => name.startsWith('command_'))
    .map(([, text]) => JSON.parse(String(text)) as Command)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ kind }) => kind);
};
