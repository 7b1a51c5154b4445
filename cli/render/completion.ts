import type { Command } from '../command.types.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const optionsOf = ({ options }: Command): string[] => [
  ...Object.entries(options).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]),
  '--help',
];

const byName = (commands: readonly Command[]): string[] => [...commands.map(({ name }) => name), 'help'];

const bash = (commands: readonly Command[]): string => `# cutover completion bash
_cutover() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then words="${byName(commands).join(' ')}"
  else
    case \${COMP_WORDS[1]} in
${commands.map((command) => `      ${command.name}) words="${optionsOf(command).join(' ')}" ;;`).join('\n')}
    esac
  fi
  case $current in
    -*|"") ;;
    *) [ "$COMP_CWORD" -eq 1 ] || { COMPREPLY=(); return; } ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cutover cutover
`;

/** Single quotes, doubled as zsh and fish want them inside of single quotes. */
const quoted = (text: string): string => text.replaceAll("'", '’');

const zsh = (commands: readonly Command[]): string => `#compdef cutover
_cutover() {
  if (( CURRENT == 2 )); then
    local -a names=(
${commands.map(({ name, summary }) => `      '${name}:${quoted(summary).replaceAll(':', '\\:')}'`).join('\n')}
    )
    _describe command names
    return
  fi
  case \${words[2]} in
${commands.map((command) => `    ${command.name}) compadd -- ${optionsOf(command).join(' ')} ;;`).join('\n')}
  esac
  _files
}
compdef _cutover cutover
`;

const fish = (commands: readonly Command[]): string =>
  [
    'complete -c cutover -n __fish_use_subcommand -f',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c cutover -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`,
    ),
    ...commands.flatMap(({ name, options }) =>
      Object.entries(options).map(
        ([option, { short, type, help }]) =>
          `complete -c cutover -n '__fish_seen_subcommand_from ${name}' -l ${option}${short === undefined ? '' : ` -s ${short}`}${type === 'string' ? ' -r' : ''} -d '${quoted(help)}'`,
      ),
    ),
    '',
  ].join('\n');

export const completionScript = (shell: Shell, commands: readonly Command[]): string =>
  ({ bash, zsh, fish })[shell](commands);
