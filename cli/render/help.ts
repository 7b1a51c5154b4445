import type { Command } from '../command.types.ts';
import { type ExitCode, everyExit, exitCodes } from '../exit-codes.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

type Row = { form: string; does: string };

/** A left column wider than this would leave none for the words; such a row breaks after the form. */
const WIDEST_FORM = 34;

/** The groups' columns stand under each other. */
const NAME_COLUMNS = 'completion'.length;

const rows = (list: readonly Row[], width: number): string => {
  const column = 4 + Math.min(WIDEST_FORM, Math.max(...list.map(({ form }) => form.length)));
  return list
    .map(({ form, does }) => {
      const text = hang(does, column, width);
      return form.length + 4 > column
        ? `  ${form}\n${' '.repeat(column)}${text}`
        : `  ${form.padEnd(column - 2)}${text}`;
    })
    .join('\n');
};

const section = (title: string, list: readonly Row[], width: number, paint: Paint): string =>
  `${paint('bold', title)}\n${rows(list, width)}\n`;

const exitSection = (codes: readonly ExitCode[], width: number, paint: Paint): string =>
  section(
    'Exit codes',
    exitCodes
      .filter(({ code }) => codes.includes(code))
      .map(({ code, means }) => ({ form: String(code), does: means })),
    width,
    paint,
  );

export type CommandGroup = { title: string; commands: readonly Command[] };

export const overviewHelp = (groups: readonly CommandGroup[], width: number, paint: Paint): string =>
  [
    hang('cutover: blue/green deployments of Amazon ECS services, rehearsed before they happen.', 0, width),
    '',
    `${paint('bold', 'Usage')}\n  cutover COMMAND [options]\n`,
    ...groups.map(({ title, commands }) =>
      section(
        title,
        commands.map(({ name, summary }) => ({ form: name.padEnd(NAME_COLUMNS), does: summary })),
        width,
        paint,
      ),
    ),
    section(
      'Start here',
      [
        { form: 'cutover demo', does: 'watch a deployment succeed and another roll back' },
        { form: 'cutover COMMAND --help', does: 'options and examples of one command' },
      ],
      width,
      paint,
    ),
    exitSection(everyExit, width, paint),
  ].join('\n');

export const commandHelp = (command: Command, width: number, paint: Paint): string =>
  [
    `${hang(`cutover ${command.name}: ${command.summary}`, 0, width)}\n`,
    `${paint('bold', 'Usage')}\n  cutover ${[command.name, command.usage].join(' ').trim()}\n`,
    section('Options', optionRows(command), width, paint),
    section(
      'Examples',
      command.examples.map(({ line, description }) => ({ form: line, does: description })),
      width,
      paint,
    ),
    ...(command.sections ?? []).map(({ title, rows: list }) => section(title, list, width, paint)),
    exitSection(command.exits, width, paint),
  ].join('\n');

const optionRows = ({ options }: Command): Row[] => [
  ...Object.entries(options).map(([name, { short, value, help }]) => ({
    form: `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    does: help,
  })),
  { form: '-h, --help', does: 'this text' },
];
