import { parseArgs } from 'node:util';
import { didYouMean } from '../core/did-you-mean.ts';
import { UsageError } from './usage-error.ts';

type OptionSpec = {
  type: 'string' | 'boolean';
  multiple?: true;
  short?: string;
  /** How the value is called in help, e.g. `WORLD`. */
  value?: string;
  help: string;
  /** What a shell offers after it; without any it offers files. Not checked here. */
  offers?: readonly string[];
};

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export type Arguments = {
  positionals: string[];
  /** The last one given. */
  text(name: string): string | undefined;
  /** All that were given. */
  texts(name: string): string[];
  flag(name: string): boolean;
};

/** No command has so many short options; Node's parser takes a time that grows with the square of their number. */
const MOST_LETTERS = 100;

/** Reads a command's arguments; all that is wrong with them comes in one UsageError. */
export const readArguments = (argv: string[], specs: OptionSpecs, command: string): Arguments => {
  const grouped = argv.find((word) => /^-[^-]/.test(word) && word.length > MOST_LETTERS);
  if (grouped !== undefined) {
    throw new UsageError(`cutover ${command}: the options are not right`, {
      problems: [
        `expected short options such as -e, found ${grouped.length} characters after one dash: ` +
          `${grouped.slice(0, 20)}...`,
      ],
      hint: `cutover ${command} --help lists them`,
    });
  }
  const { tokens } = parseArgs({
    args: argv,
    // What a short letter stands for and which option takes a value; the checks and the words for them are ours.
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type, short }]) => [
        name,
        { type, multiple: true, ...(short === undefined ? {} : { short }) },
      ]),
    ),
    strict: false,
    tokens: true,
  });

  const positionals: string[] = [];
  const given: Record<string, string[]> = {};
  const flags = new Set<string>();
  const problems: string[] = [];
  const unknown = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;

    const spec = specs[token.name];
    if (spec === undefined) unknown.add(token.rawName);
    else if (spec.type === 'boolean') {
      if (token.value !== undefined) problems.push(`${token.rawName} takes no value, found "${token.value}"`);
      flags.add(token.name);
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))) {
      problems.push(`${token.rawName} expects a value (${spec.value}), found ${token.value ?? 'nothing'}`);
    } else {
      const values = given[token.name] ?? [];
      if (values.length > 0 && spec.multiple !== true)
        problems.push(`${token.rawName} is given more than once`);
      given[token.name] = [...values, token.value];
    }
  }
  // Once each: `-verbose` is seven letters, and a person may type anything.
  problems.unshift(...[...unknown].map((rawName) => unknownOption(rawName, specs)));
  if (problems.length > 0) {
    throw new UsageError(`cutover ${command}: the options are not right`, {
      problems,
      hint: `cutover ${command} --help lists them`,
    });
  }
  return {
    positionals,
    text: (name) => given[name]?.at(-1),
    texts: (name) => given[name] ?? [],
    flag: (name) => flags.has(name),
  };
};

const unknownOption = (rawName: string, specs: OptionSpecs): string => {
  const near = didYouMean(rawName, Object.keys(specs));
  return `unknown option ${rawName}${near === undefined ? '' : `; did you mean --${near}?`}`;
};

/** The one file a command works on. */
export const onlyPositional = ({ positionals }: Arguments, what: string, command: string): string => {
  const [first, ...more] = positionals;
  if (first === undefined || more.length > 0) {
    throw new UsageError(
      `cutover ${command}: expected one ${what}, found ${first === undefined ? 'none' : positionals.join(' ')}`,
      { hint: `cutover ${command} --help shows examples` },
    );
  }
  return first;
};
