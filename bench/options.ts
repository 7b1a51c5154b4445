import { parseArgs } from 'node:util';

/** A flag, or the form of the text behind an option. */
type Option = 'flag' | Form;
type Form = { expects: string; matches: RegExp };

export const WHOLE_NUMBER: Form = { expects: 'a whole number from 1', matches: /^[1-9]\d*$/ };

type Wanted<Name extends string> = { options: Record<Name, Option>; positionals?: Form };

/** A flag that was given has the value `true`. */
type Given<Name extends string> = { values: Partial<Record<Name, string>>; positionals: string[] };

/** What was typed, or all that is wrong with it. */
export const readBenchOptions = <Name extends string>(
  args: readonly string[],
  { options, positionals: form }: Wanted<Name>,
): Given<Name> | { problems: string[] } => {
  const isFlag = (name: string): boolean => options[name as Name] === 'flag';
  const types = Object.fromEntries(
    Object.keys(options).map((name) => [
      name,
      { type: isFlag(name) ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const read = parseArgs({
    args: [...args],
    options: types,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems = read.tokens.flatMap((token) => {
    if (token.kind === 'positional') return problemOf('', form, token.value);
    if (token.kind !== 'option') return [];
    const { name, rawName, value } = token;
    if (!Object.hasOwn(options, name)) return [`unknown option ${rawName}`];
    const wanted = options[name as Name];
    if (wanted !== 'flag') return problemOf(`${rawName}: `, wanted, value);
    return value === undefined ? [] : [`${rawName}: expected no value, found "${value}"`];
  });
  if (problems.length > 0) return { problems };
  const values = Object.entries(read.values).map(([name, value]) => [name, String(value)]);
  return { values: Object.fromEntries(values), positionals: read.positionals };
};

const problemOf = (name: string, form: Form | undefined, value: string | undefined): string[] => {
  if (form === undefined) return [`expected options only, found "${value}"`];
  if (value !== undefined && form.matches.test(value)) return [];
  return [`${name}expected ${form.expects}, found ${value === undefined ? 'nothing' : `"${value}"`}`];
};

/** For a program's first lines: with something wrong it says what, and ends. */
export const benchOptions = <Name extends string>(usage: string, wanted: Wanted<Name>): Given<Name> => {
  const given = readBenchOptions(process.argv.slice(2), wanted);
  if (!('problems' in given)) return given;
  console.error([...given.problems, `usage: ${usage}`].join('\n'));
  process.exit(64);
};
