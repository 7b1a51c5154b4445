import type { Command, CommandKind } from '../../core/vocabulary/command.types.ts';
import { NOW } from '../core/a-deployment.ts';

/** What a person, or another deployment, sent to the running one. */
export const aCommand = (kind: CommandKind, changes: Partial<Command> = {}): Command => ({
  id: 'c1',
  kind,
  by: 'ada',
  reason: '',
  atMs: NOW,
  ...changes,
});
