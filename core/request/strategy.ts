import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { didYouMean } from '../did-you-mean.ts';
import { formatDuration } from '../duration.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import {
  DEFAULT_KEEP_BLUE_MS,
  DEFAULT_SHIFTS,
  MAX_BAKE_MS,
  MAX_SHIFT_REQUESTS,
  MAX_SHIFTS,
} from './defaults.ts';
import { describeFound, type Problem } from './problem.ts';
import {
  type Fields,
  isObject,
  objectSchema,
  optional,
  type Read,
  readDuration,
  readInteger,
  reading,
  readObject,
  refuse,
  type Schema,
} from './read-field.ts';

type Strategy = { shifts: Shift[]; strategyName: string };

/** The shifts before the last; at 100 % the keep-blue window follows. */
type Course = { before: Shift[]; strategyName: string };

/** CodeDeploy's names for ECS, without their prefix [fact 65]. */
const codeDeployNames = [
  'AllAtOnce',
  'Canary10Percent5Minutes',
  'Canary10Percent15Minutes',
  'Linear10PercentEvery1Minutes',
  'Linear10PercentEvery3Minutes',
] as const;

const CODE_DEPLOY_PREFIX = /^CodeDeployDefault\.ECS/;
const CANARY_NAME = /^Canary(\d{1,3})Percent(\d{1,5})Minutes?$/;
const LINEAR_NAME = /^Linear(\d{1,3})PercentEvery(\d{1,5})Minutes?$/;

const STRATEGY =
  '"AllAtOnce", "Canary<percent>Percent<n>Minutes", "Linear<percent>PercentEvery<n>Minutes", {"canary": {"percent", "bake"}} or {"linear": {"percent", "every"}}';
const BAKE_MINUTES = `1 to ${MAX_BAKE_MS / MINUTE_MS} minutes`;

const allAtOnce: Course = { before: [], strategyName: 'AllAtOnce' };

/** Whole minutes give the name CodeDeploy would use; anything else is said in words. */
const canary = (percent: number, bakeMs: number): Course => ({
  before: [{ greenPct: percent, bakeMs }],
  strategyName:
    bakeMs % MINUTE_MS === 0
      ? `Canary${percent}Percent${bakeMs / MINUTE_MS}Minutes`
      : `canary ${percent} % for ${formatDuration(bakeMs)}`,
});

/** Equal steps; the last is smaller when the percent does not divide 100 (30, 60, 90, 100). */
const linear = (percent: number, everyMs: number): Course => {
  const before: Shift[] = [];
  for (let greenPct = percent; greenPct < 100; greenPct += percent)
    before.push({ greenPct, bakeMs: everyMs });
  const strategyName =
    everyMs % MINUTE_MS === 0
      ? `Linear${percent}PercentEvery${everyMs / MINUTE_MS}Minutes`
      : `linear ${percent} % every ${formatDuration(everyMs)}`;
  return { before, strategyName };
};

const readName = (text: string, problems: Problem[]): Course | undefined => {
  const name = text.replace(CODE_DEPLOY_PREFIX, '');
  if (name === 'AllAtOnce') return allAtOnce;
  const match = CANARY_NAME.exec(name) ?? LINEAR_NAME.exec(name);
  if (match === null) {
    const meant = didYouMean(name, codeDeployNames);
    const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
    return refuse(problems, 'strategy', STRATEGY, describeFound(text), hint);
  }
  const percent = Number(match[1]);
  const bakeMs = Number(match[2]) * MINUTE_MS;
  if (percent < 1 || percent > 99) {
    return refuse(
      problems,
      'strategy',
      '1 to 99 percent',
      `${percent} percent in "${text}"`,
      'For everything at once use "AllAtOnce".',
    );
  }
  if (bakeMs < MINUTE_MS || bakeMs > MAX_BAKE_MS) {
    return refuse(problems, 'strategy', BAKE_MINUTES, `${match[2]} minutes in "${text}"`);
  }
  return CANARY_NAME.test(name) ? canary(percent, bakeMs) : linear(percent, bakeMs);
};

const readPercent = readInteger(1, 99, 'a whole percentage from 1 to 99');
const readStepBake = readDuration(SECOND_MS, MAX_BAKE_MS);

const readForm = (value: Fields, problems: Problem[]): Course | undefined => {
  const kinds = Object.keys(value).filter((kind) => kind === 'canary' || kind === 'linear');
  if (kinds.length !== 1 || Object.keys(value).length !== 1) {
    return refuse(problems, 'strategy', STRATEGY, describeFound(value));
  }
  const [kind, time] = kinds[0] === 'canary' ? (['canary', 'bake'] as const) : (['linear', 'every'] as const);
  const path = `strategy.${kind}`;
  const fields = readObject(['percent', time], `an object with percent and ${time}`)(
    value[kind],
    path,
    problems,
  );
  if (fields === undefined) return undefined;
  const percent = readPercent(fields.percent, `${path}.percent`, problems);
  const ms = readStepBake(fields[time], `${path}.${time}`, problems);
  if (percent === undefined || ms === undefined) return undefined;
  return kind === 'canary' ? canary(percent, ms) : linear(percent, ms);
};

const readStrategy = (value: unknown, problems: Problem[]): Course | undefined => {
  if (typeof value === 'string') return readName(value, problems);
  if (isObject(value)) return readForm(value, problems);
  return refuse(problems, 'strategy', STRATEGY, describeFound(value));
};

const GREEN_PCT = 'a percentage from 0.1 to 100 with one decimal at most';
const readGreenPct: Read<number> = reading(
  { type: 'number', minimum: 0.1, maximum: 100, multipleOf: 0.1, description: GREEN_PCT },
  (value, path, problems) => {
    const right =
      typeof value === 'number' && value >= 0.1 && value <= 100 && Number(value.toFixed(1)) === value;
    return right ? value : readPercentOf(value, path, problems);
  },
);
/** What is no number, or has quotes, is named as everywhere. */
const readPercentOf: Read<number> = readInteger(1, 100, GREEN_PCT);
const readRequests = readInteger(
  1,
  MAX_SHIFT_REQUESTS,
  `a number of requests from 1 to ${MAX_SHIFT_REQUESTS}`,
);
const readBake = readDuration(0, MAX_BAKE_MS);

const evidenceFields = ['atLeast', 'atMost', 'requests'] as const;

/** A shift that ends by what green's metrics show: by `requests` or early proof, between `atLeast` and `atMost`. */
const readEvidence = (
  { bake, ...fields }: Fields,
  path: string,
  last: boolean,
  problems: Problem[],
): Partial<Shift> => {
  if (last) {
    const found = evidenceFields.filter((name) => fields[name] !== undefined).join(', ');
    refuse(
      problems,
      path,
      'a bake by time in the last shift',
      found,
      'There is no blue beside green to compare it with.',
    );
  }
  if (bake !== undefined) {
    refuse(
      problems,
      `${path}.bake`,
      'either bake, or atLeast and atMost',
      'both',
      'atMost is the longest bake.',
    );
  }
  const atMostMs = readBake(fields.atMost, `${path}.atMost`, problems);
  const atLeastMs = optional(readBake)(fields.atLeast, `${path}.atLeast`, problems) ?? 0;
  const requests = optional(readRequests)(fields.requests, `${path}.requests`, problems);
  if (atMostMs === undefined) return {};
  if (atLeastMs > atMostMs) {
    const expected = `at most the ${formatDuration(atMostMs)} of atMost`;
    refuse(problems, `${path}.atLeast`, expected, formatDuration(atLeastMs));
  }
  return {
    bakeMs: atMostMs,
    evidence: { atLeastMs, ...(requests === undefined ? {} : { requests }) },
  };
};

/** Entries as far as they are right, so that order is checked among the right ones and each wrong one is named. */
const readShifts = (value: unknown, problems: Problem[]): Partial<Shift>[] | undefined => {
  const expected = `a list of 1 to ${MAX_SHIFTS} shifts such as {"greenPct": 10, "bake": "5m"}`;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SHIFTS) {
    return refuse(problems, 'shifts', expected, describeFound(value));
  }

  const shifts: Partial<Shift>[] = [];
  let reached = 0;
  for (const [index, entry] of value.entries()) {
    const path = `shifts[${index}]`;
    const shift: Partial<Shift> = {};
    shifts.push(shift);
    const fields = readObject(
      ['greenPct', 'bake', 'atLeast', 'atMost', 'requests', 'approval'],
      'a shift such as {"greenPct": 10, "bake": "5m"}',
    )(entry, path, problems);
    if (fields === undefined) continue;

    const last = index === value.length - 1;
    const greenPct = readGreenPct(fields.greenPct, `${path}.greenPct`, problems);
    if (greenPct !== undefined) {
      if (greenPct <= reached)
        refuse(problems, `${path}.greenPct`, `more than the ${reached} before it`, `${greenPct}`);
      else if (last && greenPct !== 100)
        refuse(problems, `${path}.greenPct`, '100 in the last shift', `${greenPct}`);
      shift.greenPct = greenPct;
      reached = Math.max(reached, greenPct);
    }
    if (fields.approval === true) shift.approval = true;
    else if (fields.approval !== undefined && fields.approval !== false) {
      refuse(problems, `${path}.approval`, 'true or false', describeFound(fields.approval));
    }
    if (evidenceFields.some((name) => fields[name] !== undefined)) {
      Object.assign(shift, readEvidence(fields, path, last, problems));
      continue;
    }
    // The last shift's bake is the keep-blue window, which has a default and a field of its own.
    if (last && fields.bake === undefined) continue;
    const bakeMs = readBake(fields.bake, `${path}.bake`, problems);
    if (bakeMs !== undefined) shift.bakeMs = bakeMs;
  }
  return shifts;
};

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

const NAMED = `^(?:CodeDeployDefault\\.ECS)?(?:AllAtOnce|Canary\\d{1,3}Percent\\d{1,5}Minutes?|Linear\\d{1,3}PercentEvery\\d{1,5}Minutes?)$`;

/** The fields that readCourse reads, in JSON Schema. */
export const courseSchemas: Readonly<Record<'strategy' | 'shifts' | 'keepBlue', { schema: Schema }>> = {
  strategy: {
    schema: {
      description: STRATEGY,
      anyOf: [
        { type: 'string', pattern: NAMED, examples: codeDeployNames },
        objectSchema(
          {
            canary: {
              schema: objectSchema({ percent: readPercent, bake: readStepBake }, ['percent', 'bake']),
            },
          },
          ['canary'],
        ),
        objectSchema(
          {
            linear: {
              schema: objectSchema({ percent: readPercent, every: readStepBake }, ['percent', 'every']),
            },
          },
          ['linear'],
        ),
      ],
    },
  },
  shifts: {
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_SHIFTS,
      description: 'rising, ending at 100',
      items: objectSchema(
        {
          greenPct: readGreenPct,
          bake: readBake,
          atLeast: readBake,
          atMost: readBake,
          requests: readRequests,
          approval: { schema: { type: 'boolean' } },
        },
        ['greenPct'],
      ),
    },
  },
  keepBlue: readBake,
};
