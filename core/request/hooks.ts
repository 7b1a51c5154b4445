import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { isObject } from '../is-object.ts';
import {
  abortPolicies,
  type Hook,
  type HookStage,
  hookContracts,
  hookPolicies,
  hookStages,
} from '../vocabulary/hooks.types.ts';
import { MAX_SHIFTS } from './defaults.ts';
import { readHookTask } from './hook-task.ts';
import { describeFound, type Problem } from './problem.ts';
import {
  type Fields,
  objectSchema,
  optional,
  type Read,
  readChoice,
  readDuration,
  readInteger,
  reading,
  readList,
  readObject,
  readText,
  refuse,
  withoutRepeats,
} from './read-field.ts';

/** Native ECS takes 10 Lambda hooks of a service. */
const MAX_HOOKS = 10;

/** As long as native ECS pauses at most [fact 57]. */
const MAX_TIMEOUT_MS = 14 * DAY_MS;
/** The calls of a function grow rarer with time; what takes longer than a day is to be an approval. */
const MAX_RUN_TIMEOUT_MS = DAY_MS;
const MIN_TIMEOUT_MS = 10 * SECOND_MS;

/** Long enough for a suite of tests, short enough that nobody has gone home. */
const DEFAULT_TIMEOUT_MS = HOUR_MS;
/** A person may be in a meeting. */
const DEFAULT_APPROVAL_TIMEOUT_MS = DAY_MS;
/** Nobody waits for a rollback's hook but the end of the deployment, and with it the next one. */
const MAX_ROLLBACK_TIMEOUT_MS = HOUR_MS;
const DEFAULT_ROLLBACK_TIMEOUT_MS = 10 * MINUTE_MS;

const MOST_DETAILS_CHARACTERS = 8_192;

/** Stages of native ECS at which Cutover calls nobody, and what to name instead. */
const elsewhere: Record<string, string> = {
  RECONCILE_SERVICE: 'Name PRE_SCALE_UP: Cutover reconciles nothing before it.',
  TEST_TRAFFIC_SHIFT: 'Name POST_TEST_TRAFFIC_SHIFT, which follows it.',
  PRODUCTION_TRAFFIC_SHIFT: 'Name PRE_PRODUCTION_TRAFFIC_SHIFT, before each shift.',
  BAKE_TIME: 'Name POST_PRODUCTION_TRAFFIC_SHIFT, which runs while the last shift bakes.',
};

const readStage: Read<HookStage> = reading(readChoice(hookStages).schema, (value, path, problems) => {
  const instead = typeof value === 'string' ? elsewhere[value] : undefined;
  if (instead === undefined) return readChoice(hookStages)(value, path, problems);
  return refuse(problems, path, 'a stage at which hooks run', describeFound(value), instead);
});

const STAGES = `a list of 1 to ${hookStages.length} stages such as "POST_SCALE_UP"`;
const readStages = withoutRepeats('stage', readList(1, hookStages.length, STAGES, readStage)) as Read<
  HookStage[]
>;

const STEPS = '"each", "first" or a list of shift numbers from 1';
const readNumbers = readList(1, MAX_SHIFTS, STEPS, readInteger(1, MAX_SHIFTS));
const readSteps: Read<Hook['steps']> = reading(
  { anyOf: [{ enum: ['each', 'first'] }, readNumbers.schema], description: STEPS },
  (value, path, problems) => {
    if (value === 'each' || value === 'first') return value;
    if (Array.isArray(value)) return readNumbers(value, path, problems);
    return refuse(problems, path, STEPS, describeFound(value));
  },
);

const FUNCTION =
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/;
const readFunction = readText(FUNCTION, "the ARN of a function's alias or version", (text) =>
  /:function:[A-Za-z0-9_-]+$/.test(text)
    ? 'Add an alias or a version, such as :live: a deployment calls the same code from its first hook to its last.'
    : undefined,
);

const DETAILS = `an object of at most ${MOST_DETAILS_CHARACTERS} characters as JSON`;
const readDetails: Read<Record<string, unknown>> = reading(
  { type: 'object', description: DETAILS },
  (value, path, problems) =>
    isObject(value) && JSON.stringify(value).length <= MOST_DETAILS_CHARACTERS
      ? value
      : refuse(problems, path, DETAILS, describeFound(value)),
);

const readTrue: Read<true> = reading({ const: true }, (value, path, problems) =>
  value === true ? true : refuse(problems, path, 'true, or nothing', describeFound(value)),
);

const readers = {
  name: readText(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'a name of 1 to 32 letters, digits, - or _'),
  stages: readStages,
  lambda: optional(readFunction),
  task: optional(readHookTask),
  approval: optional(readTrue),
  steps: optional(readSteps),
  contract: optional(readChoice(hookContracts)),
  hookDetails: optional(readDetails),
  verified: optional(readTrue),
  timeout: optional(readDuration(MIN_TIMEOUT_MS, MAX_TIMEOUT_MS)),
  onTimeout: optional(readChoice(hookPolicies)),
  onFailure: optional(readChoice(hookPolicies)),
  onAbort: optional(readChoice(abortPolicies)),
};

type Given = { [Name in keyof typeof readers]: ReturnType<(typeof readers)[Name]> };

const hookSchema = objectSchema(readers, ['name', 'stages']);

/** What runs: one of them in each hook. */
const kinds = ['lambda', 'task', 'approval'] as const;

/** Fields that only a function has a use for. */
const ofFunctions = ['contract', 'hookDetails', 'verified'] as const;

const longest = (given: Given): number => {
  if (given.stages?.includes('ROLLBACK')) return MAX_ROLLBACK_TIMEOUT_MS;
  return given.approval ? MAX_TIMEOUT_MS : MAX_RUN_TIMEOUT_MS;
};

const defaultTimeout = ({ stages, approval }: Given): number => {
  if (stages?.includes('ROLLBACK')) return DEFAULT_ROLLBACK_TIMEOUT_MS;
  return approval ? DEFAULT_APPROVAL_TIMEOUT_MS : DEFAULT_TIMEOUT_MS;
};

/** What each field says is right, and together it makes no sense. */
const checkHook = (fields: Fields, given: Given, path: string, problems: Problem[]): void => {
  const { approval, stages = [], steps, contract, verified, timeout } = given;
  const note = (field: string, expected: string, found: string, hint?: string) =>
    refuse(problems, `${path}.${field}`, expected, found, hint);
  const named = kinds.filter((kind) => fields[kind] !== undefined);
  if (named.length !== 1)
    refuse(
      problems,
      path,
      'one of lambda, task and approval',
      named.length === 0 ? 'none' : named.join(' and '),
    );
  const [kind] = named;
  if (kind !== undefined && kind !== 'lambda')
    for (const field of ofFunctions)
      if (fields[field] !== undefined) note(field, `nothing beside ${kind}`, describeFound(fields[field]));
  if (fields.onAbort !== undefined && kind !== 'task')
    note('onAbort', 'nothing without task', describeFound(fields.onAbort));
  if (approval) {
    if (stages.includes('ROLLBACK'))
      note(
        'stages',
        'no ROLLBACK beside approval',
        'ROLLBACK',
        'Users are back on blue: nobody has to approve it.',
      );
  }
  if (steps !== undefined && !stages.includes('PRE_PRODUCTION_TRAFFIC_SHIFT'))
    note('steps', 'nothing without the stage PRE_PRODUCTION_TRAFFIC_SHIFT', describeFound(fields.steps));
  if (verified && contract !== 'ecs') note('verified', 'nothing without "contract": "ecs"', 'true');
  if (timeout !== undefined && timeout > longest(given))
    readDuration(MIN_TIMEOUT_MS, longest(given))(fields.timeout, `${path}.timeout`, problems);
};

const KNOWN = Object.keys(readers);

const readHook: Read<Hook> = reading(hookSchema, (value, path, problems) => {
  const fields = readObject(
    KNOWN,
    'a hook such as {"name": "smoke", "stages": ["POST_SCALE_UP"], "lambda": "arn:..."}',
  )(value, path, problems);
  if (fields === undefined) return undefined;
  const before = problems.length;
  const given = Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [name, read(fields[name], `${path}.${name}`, problems)]),
  ) as Given;
  checkHook(fields, given, path, problems);
  const { name, stages, lambda, task, approval, steps = 'each', timeout, onTimeout, onFailure } = given;
  if (problems.length > before || name === undefined || stages === undefined) return undefined;
  const common = {
    name,
    stages,
    steps,
    timeoutMs: timeout ?? defaultTimeout(given),
    onTimeout: onTimeout ?? 'rollBack',
    onFailure: onFailure ?? 'rollBack',
  };
  if (approval) return { ...common, kind: 'approval' };
  if (task !== undefined) return { ...common, kind: 'task', task, onAbort: given.onAbort ?? 'stop' };
  if (lambda === undefined) return undefined;
  const { contract = 'cutover', hookDetails = {}, verified } = given;
  return {
    ...common,
    kind: 'lambda',
    functionArn: lambda,
    contract,
    hookDetails,
    ...(verified === undefined ? {} : { verified }),
  };
});

const HOOKS = `a list of at most ${MAX_HOOKS} hooks`;
const readEach = readList(0, MAX_HOOKS, HOOKS, readHook);

export const readHooks: Read<Hook[]> = reading(readEach.schema, (value, path, problems) => {
  const hooks = readEach(value, path, problems);
  const names = Array.isArray(value)
    ? value.map((one: unknown) => (isObject(one) ? one.name : undefined))
    : [];
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (typeof name === 'string' && first < index)
      refuse(
        problems,
        `${path}[${index}].name`,
        'a name of its own',
        `"${name}" again`,
        `It is ${path}[${first}] already.`,
      );
  }
  return hooks;
});
