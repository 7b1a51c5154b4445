import { parseArgs } from 'node:util';

/** What a person typed wrong; its message is all that is printed. */
export class WrongOption extends Error {}

type Names = Record<string, 'text' | 'flag'>;

export const readOptions = (
  names: Names,
  args: readonly string[],
): Record<string, string | boolean | undefined> => {
  const options = Object.fromEntries(
    Object.entries(names).map(([name, kind]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const known = Object.entries(names).map(([name, kind]) =>
      kind === 'flag' ? `--${name}` : `--${name} VALUE`,
    );
    throw new WrongOption(`${error instanceof Error ? error.message : error}\nexpected: ${known.join(', ')}`);
  }
};

/** A whole number of at least `least`. */
export const wholeNumber = (
  name: string,
  text: string | undefined,
  least: number,
  otherwise: number,
): number => {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new WrongOption(`--${name}: expected a whole number of at least ${least}, found "${text}"`);
};

/** Runs an entry point; says in one line what a person has to type differently. */
export const runEntry = (main: (args: readonly string[]) => Promise<number>): void => {
  main(process.argv.slice(2)).then(
    (exitCode) => {
      process.exitCode = exitCode;
    },
    (error: unknown) => {
      if (!(error instanceof WrongOption)) throw error;
      console.error(error.message);
      process.exitCode = 64;
    },
  );
};
