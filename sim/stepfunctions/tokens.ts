import type { Random } from '../kernel/random.ts';
import type { ErrorOutput } from './states-error.ts';

/** What SendTaskSuccess or SendTaskFailure says. */
export type TokenAnswer = { ok: true; output: unknown } | ({ ok: false } & ErrorOutput);

/** `unknown`: a well-formed token that was never given out. `closed`: its task has ended or timed out [fact 100]. */
export type Delivery = 'delivered' | 'closed' | 'unknown' | 'malformed';

export type Tokens = {
  issue(): string;
  /** From now on answers to the token reach `answer`. */
  open(token: string, answer: (answer: TokenAnswer) => void): void;
  close(token: string): void;
  deliver(token: string, answer: TokenAnswer): Delivery;
};

const TOKEN = /^AQCEAAAAKgAAAAM[0-9a-f]{96}$/;

/** The task tokens of all executions; each attempt of a task gets its own [fact 99]. */
export const makeTokens = (random: Random): Tokens => {
  const known = new Map<string, ((answer: TokenAnswer) => void) | undefined>();
  return {
    issue: () => `AQCEAAAAKgAAAAM${random.hex(96)}`,
    open: (token, answer) => void known.set(token, answer),
    close: (token) => void known.set(token, undefined),
    deliver: (token, answer) => {
      if (!TOKEN.test(token)) return 'malformed';
      if (!known.has(token)) return 'unknown';
      const waiting = known.get(token);
      if (waiting === undefined) return 'closed';
      known.set(token, undefined);
      waiting(answer);
      return 'delivered';
    },
  };
};
