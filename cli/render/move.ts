import type { MoveObservation } from '../../core/adoption/adoption.types.ts';
import { type MovePlan, nextFinish, nextMove } from '../../core/adoption/move-plan.ts';
import { isClosing, isDetached } from '../../core/adoption/roles.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Paint } from './paint.ts';
import { dollars, hang } from './text.ts';

type Shown = {
  plan: MovePlan;
  observed: MoveObservation;
  notes: readonly string[];
  durationMs: number;
  /** Dollars an hour of the second set of tasks; null: not known. */
  hourly: number | null;
  /** What to type next, without the option. */
  words: string;
};

const INDENT = 6;

/** The steps with what they write and what takes them back, where the move is, and what to type next. */
export const moveText = (shown: Shown, width: number, paint: Paint): string => {
  const { plan, observed, words } = shown;
  const finishing = isClosing(observed) || isDetached(plan.names, observed, plan.roles(observed));
  const at = finishing ? null : nextMove(plan, observed)?.step.id;
  const atLast = finishing ? nextFinish(plan, observed)?.step.id : undefined;
  const marks = (ids: readonly string[], next: string | undefined, none: string): string[] => {
    const index = next === undefined ? -1 : ids.indexOf(next);
    return ids.map((_, place) => (index < 0 ? none : place < index ? 'done' : place === index ? 'next' : ''));
  };
  const steps = marks(
    plan.steps.map(({ id }) => id),
    at ?? undefined,
    'done',
  );
  const last = marks(
    plan.finish.map(({ id }) => id),
    atLast,
    finishing ? 'done' : '',
  );
  const row = ({ title, writes, undo }: MovePlan['steps'][number], place: number, mark = ''): string[] => [
    hang(
      `${String(place).padStart(4)}  ${title}${mark === '' ? '' : paint(mark === 'done' ? 'green' : 'yellow', `  [${mark}]`)}`,
      INDENT,
      width,
    ),
    `      ${paint('dim', hang(`writes: ${writes}; undo: ${undo}`, INDENT, width))}`,
  ];
  const tasks = observed.old?.desired ?? 0;
  const cost = shown.hourly === null ? '' : `, about ${dollars(shown.hourly)} an hour`;
  const lines = [
    '',
    (
      `  ${paint('bold', `${plan.names.cluster}/${plan.names.old}`)} moves to ${plan.names.twin} ` +
      `(${observed.old?.controller ?? 'gone'} ${observed.old?.strategy ?? ''})`
    ).trimEnd(),
    '',
    '  Reversible with --undo, in steps with --step, all of them with --continue:',
    ...plan.steps.flatMap((step, index) => row(step, index + 1, steps[index])),
    '',
    '  The last command, --finish, which nothing takes back:',
    ...plan.finish.flatMap((step, index) => row(step, plan.steps.length + index + 1, last[index])),
    '',
    `  ${hang(
      `It takes about ${formatDuration(shown.durationMs)} to the last share. Until the last command ` +
        `${tasks} more tasks run${cost}.`,
      2,
      width,
    )}`,
    ...shown.notes.map((note) => `  ${hang(`- ${note}`, 4, width)}`),
    '',
    `  next: cutover ${plan.kind} ${words} ${at === null || at === undefined ? '--finish' : '--step'}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
};
