import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import type { MovePlan } from '../../core/adoption/move-plan.ts';
import { commandOf } from '../../core/adoption/names.ts';
import type { Progress } from '../../core/adoption/progress.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Paint } from './paint.ts';
import { dollars, hang } from './text.ts';

export type ShownMove = {
  plan: MovePlan;
  observed: MoveObservation;
  progress: Progress;
  notes: readonly string[];
  /** What was done while no command ran, and what to type after it. */
  meanwhile: readonly string[];
  durationMs: number;
  /** Dollars an hour of the second set of tasks; null: not known. */
  hourly: number | null;
};

const INDENT = 6;

/** The steps with what they write and what takes them back, where the move is, and what to type next. */
export const moveText = (shown: ShownMove, width: number, paint: Paint): string => {
  const { plan, observed, progress } = shown;
  const { names } = plan;
  const { old } = observed;
  const marks = { done: paint('green', '  [done]'), next: paint('yellow', '  [next]'), open: '' };
  const row = ({ step, standing }: Progress['steps'][number], place: number): string[] => [
    `${String(place).padStart(4)}  ${hang(`${step.title}${marks[standing]}`, INDENT, width)}`,
    `      ${paint('dim', hang(`writes: ${step.writes}; undo: ${step.undo}`, INDENT, width))}`,
  ];

  const tasks = old?.desired ?? 0;
  const cost = shown.hourly === null ? '' : `, about ${dollars(shown.hourly)} an hour`;
  // Only ECS's own controller has strategies.
  const from = old === null ? 'gone' : old.controller === 'ECS' ? `ECS ${old.strategy}` : old.controller;
  const next =
    progress.next === null
      ? 'nothing is left to do'
      : `next: ${commandOf(plan.kind, names)} --${progress.next}`;
  const costs =
    `It takes about ${formatDuration(shown.durationMs)} to the last share. ` +
    `Until the last command ${tasks} more tasks run${cost}.`;
  const lines = [
    '',
    progress.next === null
      ? `  ${paint('bold', `${names.cluster}/${names.old}`)} has moved to ${names.twin}`
      : `  ${paint('bold', `${names.cluster}/${names.old}`)} (${from}) moves to ${names.twin}`,
    '',
    ...shown.meanwhile.map((line) => `  ${paint('yellow', hang(line, 2, width))}`),
    ...(shown.meanwhile.length > 0 ? [''] : []),
    '  Reversible with --undo, in steps with --step, all of them with --continue:',
    ...progress.steps.flatMap((one, index) => row(one, index + 1)),
    '',
    '  The last command, --finish, which nothing takes back:',
    ...progress.finish.flatMap((one, index) => row(one, plan.steps.length + index + 1)),
    '',
    ...(progress.next === null
      ? []
      : [`  ${hang(costs, 2, width)}`, ...shown.notes.map((note) => `  ${hang(`- ${note}`, 4, width)}`), '']),
    `  ${next}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
};
