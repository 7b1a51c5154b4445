/** Something the person at the keyboard can put right; main.ts prints it without a stack and exits with 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do, one line. */
  readonly hint: string | undefined;
  /** One line each, under the message. */
  readonly problems: readonly string[];

  constructor(message: string, options: { hint?: string; problems?: readonly string[] } = {}) {
    super(message);
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }
}
