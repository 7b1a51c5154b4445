import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { didYouMean } from '../did-you-mean.ts';
import { formatDuration } from '../duration.ts';
import { isObject } from '../is-object.ts';
import type { Shift } from '../vocabulary/request.types.ts';
import { MAX_BAKE_MS } from './defaults.ts';
import { describeFound, type Problem } from './problem.ts';
import {
  type Fields,
  objectSchema,
  readDuration,
  readInteger,
  readObject,
  refuse,
  type Schema,
} from './read-field.ts';

/** The shifts before the last; at 100 % the keep-blue window follows. */
export type Course = { before: Shift[]; strategyName: string };

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
  '"AllAtOnce", "Canary<percent>Percent<n>Minutes", "Linear<percent>PercentEvery<n>Minutes", ' +
  '{"canary": {"percent", "bake"}} or {"linear": {"percent", "every"}}';
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

export const readStrategy = (value: unknown, problems: Problem[]): Course | undefined => {
  if (typeof value === 'string') return readName(value, problems);
  if (isObject(value)) return readForm(value, problems);
  return refuse(problems, 'strategy', STRATEGY, describeFound(value));
};

const CANARY = 'Canary\\d{1,3}Percent\\d{1,5}Minutes?';
const LINEAR = 'Linear\\d{1,3}PercentEvery\\d{1,5}Minutes?';
const NAMED = `^(?:CodeDeployDefault\\.ECS)?(?:AllAtOnce|${CANARY}|${LINEAR})$`;

export const strategySchema: Schema = {
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
};
