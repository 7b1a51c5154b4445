import { formatDuration } from '../duration.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { MAX_BAKE_MS, MAX_SHIFT_REQUESTS, MAX_SHIFTS } from './defaults.ts';
import { describeFound, type Problem } from './problem.ts';
import {
  type Fields,
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
export const readBake = readDuration(0, MAX_BAKE_MS);

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
export const readShifts = (value: unknown, problems: Problem[]): Partial<Shift>[] | undefined => {
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

export const shiftsSchema: Schema = {
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
};
