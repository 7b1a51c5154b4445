import { didYouMean } from '../core/did-you-mean.ts';

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

const anyOf = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;

/** One of a few words, or a UsageError that names them. */
export const readChoice = <const Choice extends string>(
  what: string,
  value: string,
  choices: readonly Choice[],
): Choice => {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const near = didYouMean(value, choices);
  throw new UsageError(
    `${what}: expected ${anyOf(choices)}, found "${value}"${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
};
