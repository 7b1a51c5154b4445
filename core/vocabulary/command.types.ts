/** What a person, or another deployment, may tell a running one. */
export const commandKinds = ['promote', 'skip', 'pause', 'resume', 'approve', 'abort', 'freeze'] as const;
export type CommandKind = (typeof commandKinds)[number];

export type Command = {
  /** Given by the sender; the same id twice is one command. */
  id: string;
  kind: CommandKind;
  /** Who sent it: an IAM identity, or `deployment <id>` for one that supersedes. */
  by: string;
  /** Why, in the sender's words; may be empty. */
  reason: string;
  /** Of an abort: green does harm, so all users leave it as long as one task of blue is healthy. */
  now?: true;
  atMs: number;
};

/**
 * From when on no command changes the way of a deployment any more, and which way that is: to its end with green, once
 * blue has begun to go, or back to blue. The record takes no command after it, so none is accepted that nobody obeys.
 */
export type Commitment = {
  to: 'finish' | 'rollBack';
  reason: string;
  atMs: number;
  /** It goes back without a write: another deployment has the routes, and has them after a recovery, too. */
  leavesRoutes?: true;
};
