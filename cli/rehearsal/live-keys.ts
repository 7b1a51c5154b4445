import { type CommandKind, commandKinds } from '../../core/vocabulary/command.types.ts';
import { type Cell, cell } from '../render/cells.ts';
import type { View } from '../watch/view.types.ts';

/** A letter for each command; not always its first, because two begin with the same. */
export const keyOf: Record<CommandKind, string> = {
  promote: 'm',
  skip: 's',
  pause: 'p',
  resume: 'r',
  approve: 'a',
  abort: 'b',
  freeze: 'f',
};

/** Ctrl-C and Ctrl-D arrive as characters once keys are read one by one. */
const LEAVING = ['q', '\u0003', '\u0004'];

type Pressed =
  | { kind: 'command'; command: CommandKind }
  | { kind: 'faster' | 'slower' | 'stop' | 'leave' }
  | null;

export const pressed = (key: string): Pressed => {
  if (LEAVING.includes(key)) return { kind: 'leave' };
  if (key === '+' || key === '=') return { kind: 'faster' };
  if (key === '-') return { kind: 'slower' };
  if (key === ' ') return { kind: 'stop' };
  const command = commandKinds.find((kind) => keyOf[kind] === key.toLowerCase());
  return command === undefined ? null : { kind: 'command', command };
};

/** The commands that apply now, with their keys. */
export const keyCells = ({ possible }: View): Cell[] =>
  possible.flatMap((kind, index) => [
    cell(index === 0 ? '' : '  '),
    cell(keyOf[kind], 'bold'),
    cell(` ${kind}`),
  ]);

/** How fast virtual time goes, and the keys that have to do with it. */
export const paceCells = (speed: number, stopped: boolean): Cell[] => [
  cell(stopped ? 'the clock stands' : `${speed} × real time`, stopped ? ['yellow', 'bold'] : 'dim'),
  cell('   '),
  ...[
    ['+', 'faster'],
    ['-', 'slower'],
    ['space', stopped ? 'continue' : 'stop'],
    ['q', 'quit'],
  ].flatMap(([key = '', does]) => [cell(key, 'bold'), cell(` ${does}  `, 'dim')]),
];
