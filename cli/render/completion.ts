import type { Command } from '../command.types.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

type Spec = Command['options'][string];

const spelled = (name: string, { short }: Spec): string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

const optionsOf = ({ options }: Command): string[] => [
  ...Object.entries(options).flatMap(([name, spec]) => spelled(name, spec)),
  '--help',
];

const byName = (commands: readonly Command[]): string[] => [...commands.map(({ name }) => name), 'help'];

/** What may follow the command itself: files, its words, or nothing that a shell could know. */
const operandsOf = ({ name, usage }: Command, commands: readonly Command[]): 'files' | string[] => {
  if (name === 'completion') return [...shells];
  if (name === 'help') return byName(commands);
  return usage.startsWith('REQUEST.json') ? 'files' : [];
};

/** Shell patterns of a command's options that take a value, with what to offer there; nothing offered: files. */
const valuesOf = ({ name, options }: Command): { patterns: string[]; offers: readonly string[] }[] =>
  Object.entries(options)
    .filter(([, { type }]) => type === 'string')
    .map(([option, spec]) => ({
      patterns: spelled(option, spec).map((word) => `'${name} ${word}'`),
      offers: spec.offers ?? [],
    }));

/** `case` lines for bash and zsh: a value after its option, else what the command takes. */
const cases = (
  commands: readonly Command[],
  line: (offers: readonly string[], files: boolean) => string,
): { values: string; rest: string } => {
  const values = commands.flatMap(valuesOf);
  const known = values.filter(({ offers }) => offers.length > 0);
  const unknown = values.filter(({ offers }) => offers.length === 0).flatMap(({ patterns }) => patterns);
  return {
    values: [
      ...known.map(({ patterns, offers }) => `    ${patterns.join('|')}) ${line(offers, false)} ;;`),
      `    ${unknown.join('|')}) ${line([], true)} ;;`,
    ].join('\n'),
    rest: [...commands, HELP]
      .map((command) => {
        const operands = operandsOf(command, commands);
        const words = operands === 'files' ? [] : operands;
        return `    ${command.name}) ${line([...words, ...optionsOf(command)], operands === 'files')} ;;`;
      })
      .join('\n'),
  };
};

/** No command of its own in main.ts, but a word like one. */
const HELP: Command = {
  name: 'help',
  summary: '',
  usage: '',
  exits: [],
  options: {},
  examples: [],
  run: async () => 0,
};

const bash = (commands: readonly Command[]): string => {
  const line = (offers: readonly string[], files: boolean): string =>
    `words="${offers.join(' ')}" files=${files ? 1 : ''}`;
  const { values, rest } = cases(commands, line);
  return `# cutover completion bash
_cutover() {
  local current=\${COMP_WORDS[COMP_CWORD]} words="" files=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${byName(commands).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${values}
    *) case \${COMP_WORDS[1]} in
${rest}
    esac ;;
  esac
  # With nothing to offer bash continues with the names of files.
  if [ -n "$files" ] && [[ $current != -* ]]; then COMPREPLY=(); return; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cutover cutover
`;
};

/** Single quotes, doubled as zsh and fish want them inside of single quotes. */
const quoted = (text: string): string => text.replaceAll("'", '’');

const zsh = (commands: readonly Command[]): string => {
  const line = (offers: readonly string[], files: boolean): string =>
    [...(offers.length === 0 ? [] : [`compadd -- ${offers.join(' ')}`]), ...(files ? ['_files'] : [])].join(
      '; ',
    );
  const { values, rest } = cases(commands, line);
  return `#compdef cutover
_cutover() {
  if (( CURRENT == 2 )); then
    local -a names=(
${commands.map(({ name, summary }) => `      '${name}:${quoted(summary).replaceAll(':', '\\:')}'`).join('\n')}
      'help:describe a command'
    )
    _describe command names
    return
  fi
  case "\${words[2]} \${words[CURRENT-1]}" in
${values}
    *) case \${words[2]} in
${rest}
    esac ;;
  esac
}
compdef _cutover cutover
`;
};

const fish = (commands: readonly Command[]): string => {
  const after = (name: string): string => `complete -c cutover -n '__fish_seen_subcommand_from ${name}'`;
  const option = ({ name, options }: Command): string[] =>
    Object.entries(options).map(([long, { short, type, help, offers }]) => {
      const letter = short === undefined ? '' : ` -s ${short}`;
      const value = type !== 'string' ? '' : offers === undefined ? ' -r' : ` -x -a '${offers.join(' ')}'`;
      return `${after(name)} -l ${long}${letter}${value} -d '${quoted(help)}'`;
    });
  const operand = (command: Command): string[] => {
    const operands = operandsOf(command, commands);
    if (operands === 'files') return [];
    return [`${after(command.name)} -f${operands.length === 0 ? '' : ` -a '${operands.join(' ')}'`}`];
  };
  return [
    'complete -c cutover -n __fish_use_subcommand -f',
    ...[...commands, { ...HELP, summary: 'describe a command' }].map(
      ({ name, summary }) =>
        `complete -c cutover -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`,
    ),
    ...[...commands, HELP].flatMap(operand),
    ...commands.flatMap(option),
    '',
  ].join('\n');
};

export const completionScript = (shell: Shell, commands: readonly Command[]): string =>
  ({ bash, zsh, fish })[shell](commands);
