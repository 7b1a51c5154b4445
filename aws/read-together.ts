import { chunks } from '../core/chunks.ts';
import { DeploymentError, isDeploymentError } from '../core/errors.ts';
import { groupBy } from '../core/group-by.ts';

type Reads<Asked, Answer> = {
  /** What is asked for under different keys needs different calls. */
  keyOf(asked: Asked): string;
  /** So many names fit into one call. */
  atMost: number;
  /** One call for one name. Its error says what is wrong with it. */
  readOne(asked: Asked): Promise<Answer>;
  /** One call for several, answers in their order; `undefined` for what it did not find as expected. */
  readSeveral(asked: Asked[]): Promise<(Answer | undefined)[]>;
};

/** Errors that one name of a list may be the reason for, while the others would be answered. */
const MAY_BE_OF_ONE = ['NotFound', 'Rejected', 'Conflict'] as const;

/**
 * A read of one thing that shares its call with the others that are asked for at the same time: the calls of an
 * observation then do not grow with what it observes. Each still has its own answer or error: what a common call does
 * not answer is read alone. An error that all have in common (throttled, denied, unavailable) is everybody's, without
 * another call.
 */
export const readTogether = <Asked, Answer>({
  keyOf,
  atMost,
  readOne,
  readSeveral,
}: Reads<Asked, Answer>): ((asked: Asked) => Promise<Answer>) => {
  type Waiting = {
    asked: Asked;
    resolve(answer: Answer | Promise<Answer>): void;
    reject(error: unknown): void;
  };
  let waiting: Waiting[] = [];

  const answer = async (some: Waiting[]): Promise<void> => {
    const [first, ...others] = some;
    if (first !== undefined && others.length === 0) return first.resolve(readOne(first.asked));
    try {
      const answers = await readSeveral(some.map(({ asked }) => asked));
      some.forEach(({ asked, resolve }, index) => {
        resolve(answers[index] ?? readOne(asked));
      });
    } catch (error) {
      const mayBeOfOne =
        error instanceof DeploymentError && MAY_BE_OF_ONE.some((name) => isDeploymentError(error, name));
      for (const { asked, resolve, reject } of some) {
        if (mayBeOfOne) resolve(readOne(asked));
        else reject(error);
      }
    }
  };

  const flush = (): void => {
    const asked = groupBy(waiting, (one) => keyOf(one.asked));
    waiting = [];
    for (const same of asked.values()) for (const some of chunks(same, atMost)) void answer(some);
  };

  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ asked, resolve, reject });
    });
};
