import { formatDuration } from '../duration.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { DEFAULT_KEEP_BLUE_MS, DEFAULT_SHIFTS } from './defaults.ts';
import type { Problem } from './problem.ts';
import { type Fields, refuse, type Schema } from './read-field.ts';
import { readBake, readShifts, shiftsSchema } from './shifts.ts';
import { type Course, readStrategy, strategySchema } from './strategy.ts';

type Strategy = { shifts: Shift[]; strategyName: string };

const defaultCourse = (): Course => ({
  before: DEFAULT_SHIFTS.slice(0, -1),
  strategyName: `${DEFAULT_SHIFTS.length} shifts`,
});

/**
 * Reads `strategy`, `shifts` and `keepBlue` of a request: rising shifts that end at 100 %, the last one's bake
 * being the keep-blue window. Undefined when something was wrong, and `problems` then says what.
 */
export const readCourse = (fields: Fields, problems: Problem[]): Strategy | undefined => {
  const before = problems.length;
  const keepBlueMs =
    fields.keepBlue === undefined ? undefined : readBake(fields.keepBlue, 'keepBlue', problems);
  if (fields.strategy !== undefined && fields.shifts !== undefined) {
    refuse(problems, 'strategy', 'either strategy or shifts', 'both', 'Leave one of them out.');
  }

  if (fields.shifts === undefined) {
    const course = fields.strategy === undefined ? defaultCourse() : readStrategy(fields.strategy, problems);
    if (course === undefined || problems.length > before) return undefined;
    const last = { greenPct: 100, bakeMs: keepBlueMs ?? DEFAULT_KEEP_BLUE_MS };
    return { shifts: [...course.before, last], strategyName: course.strategyName };
  }

  if (fields.strategy !== undefined) readStrategy(fields.strategy, problems);
  const shifts = readShifts(fields.shifts, problems);
  const lastBakeMs = shifts?.at(-1)?.bakeMs;
  if (lastBakeMs !== undefined && keepBlueMs !== undefined && lastBakeMs !== keepBlueMs) {
    const found = `${formatDuration(keepBlueMs)}, where the last shift bakes ${formatDuration(lastBakeMs)}`;
    refuse(
      problems,
      'keepBlue',
      'the bake of the last shift',
      found,
      'They mean the same window: leave one of them out.',
    );
  }
  if (shifts === undefined || problems.length > before) return undefined;
  const complete = shifts.map(({ greenPct = 100, bakeMs = keepBlueMs ?? DEFAULT_KEEP_BLUE_MS, ...gate }) => ({
    greenPct,
    bakeMs,
    ...gate,
  }));
  return { shifts: complete, strategyName: complete.length === 1 ? '1 shift' : `${complete.length} shifts` };
};

/** The fields that readCourse reads, in JSON Schema. */
export const courseSchemas: Readonly<Record<'strategy' | 'shifts' | 'keepBlue', { schema: Schema }>> = {
  strategy: { schema: strategySchema },
  shifts: { schema: shiftsSchema },
  keepBlue: readBake,
};
