import type { CommandKind } from '../../core/vocabulary/command.types.ts';

export type ActionCommand = 'deploy' | 'plan' | 'watch' | 'rollback' | CommandKind;

/** The options of the command line that an input of action.yml stands for. */
export const inputOfOption: Readonly<Record<string, string>> = {
  env: 'environment',
  config: 'config',
  region: 'region',
  installation: 'installation',
  image: 'images',
  'task-definition': 'task-definition',
  to: 'task-definition',
  strategy: 'strategy',
  alarm: 'alarms',
  'when-busy': 'when-busy',
  'wait-until': 'wait-until',
  timeout: 'timeout',
  name: 'name',
  deployment: 'name',
  reason: 'reason',
  strict: 'strict',
};

const OPTION = /(?<![\w-])--([a-z][a-z-]*[a-z])(?:=(?=\S))?/g;
const HELP = /^cutover [a-z ]*--help$/;

/** What stands in quotes is somebody's own text, and in backticks a command to paste. */
const QUOTED = /("[^"\n]*"|`[^`]*`)/;

const plain = (text: string): string =>
  text.replace(OPTION, (option: string, name: string) => {
    const input = inputOfOption[name];
    return input === undefined ? option : `\`${input}\`${option.endsWith('=') ? ' ' : ''}`;
  });

/**
 * A message of the command line for the person who wrote the step of a workflow, which has inputs where the command has
 * options.
 */
export const inInputs = (message: string): string =>
  message
    .split(QUOTED)
    .map((part, index) => {
      if (index % 2 === 0) return plain(part);
      return HELP.test(part.slice(1, -1).replace(/\s+/g, ' ')) ? 'action.yml' : part;
    })
    .join('');

const everywhere = ['service', 'environment', 'config', 'region', 'installation'];
const version = ['images', 'task-definition'];
const manner = ['strategy', 'alarms', 'when-busy'];
const watching = ['name', 'wait-until', 'timeout'];

const used: Record<'deploy' | 'plan' | 'watch' | 'rollback', readonly string[]> = {
  deploy: [...version, ...manner, ...watching],
  plan: [...version, ...manner, 'strict'],
  watch: watching,
  rollback: ['task-definition', 'reason', ...watching],
};

const isOwn = (command: ActionCommand): command is keyof typeof used => command in used;

/** The inputs that say something to this command. */
export const inputsOf = (command: ActionCommand): readonly string[] => [
  ...everywhere,
  ...(isOwn(command) ? used[command] : ['reason']),
];
