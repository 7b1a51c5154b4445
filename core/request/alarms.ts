import { didYouMean } from '../did-you-mean.ts';
import { isObject } from '../is-object.ts';
import { oneLine } from '../one-line.ts';
import type { DeploymentRequest, RedAtStartPolicy } from '../vocabulary/request.types.ts';
import {
  DEFAULT_RED_AT_START,
  DEFAULT_WITHOUT_DATA,
  MAX_ALARM_NAME,
  MAX_ALARMS,
  MAX_REASON,
} from './defaults.ts';
import { describeFound } from './problem.ts';
import {
  objectSchema,
  optional,
  type Read,
  readChoice,
  reading,
  readList,
  readObject,
  readText,
  refuse,
  withoutRepeats,
} from './read-field.ts';

type Alarms = DeploymentRequest['alarms'];

const NAMES = `a list of at most ${MAX_ALARMS} alarm names`;
const RED_AT_START = '"refuse", "ignoreUntilOk" or {"override": "<why>"}';

const ALARM_NAME = readText(
  new RegExp(`^(?!\\s)[^\\p{Cc}]{1,${MAX_ALARM_NAME}}(?<!\\s)$`, 'u'),
  `an alarm's name of 1 to ${MAX_ALARM_NAME} characters`,
);

const readName = reading(ALARM_NAME.schema, (value, path, problems) => {
  if (typeof value === 'string' && /^arn:[^:]*:cloudwatch:/.test(value)) {
    // DescribeAlarms and alarm events both go by name, and an ARN of another account or Region could not be read at
    // all.
    const name = value.split(':alarm:')[1];
    const hint = name === undefined ? undefined : `Its name is "${name.slice(0, 100)}".`;
    return refuse(problems, path, "an alarm's name, not its ARN", describeFound(value), hint);
  }
  return ALARM_NAME(value, path, problems);
});

const readNames = withoutRepeats('alarm', readList(0, MAX_ALARMS, NAMES, readName));

/** Any text with a character that shows: people will ask for it when the record is read. */
const readReason = readText(
  new RegExp(`^(?=[^]*\\S)[^]{1,${MAX_REASON}}$`),
  `a reason of 1 to ${MAX_REASON} characters`,
);

const redAtStartSchema = {
  anyOf: [{ enum: ['refuse', 'ignoreUntilOk'] }, objectSchema({ override: readReason }, ['override'])],
  description: RED_AT_START,
};

const readRedAtStart: Read<RedAtStartPolicy> = reading(redAtStartSchema, (value, path, problems) => {
  if (value === 'refuse' || value === 'ignoreUntilOk') return { kind: value };
  if (!isObject(value)) {
    const meant = typeof value === 'string' ? didYouMean(value, ['refuse', 'ignoreUntilOk']) : undefined;
    const hint = value === 'override' ? 'Say why: {"override": "<reason>"}.' : undefined;
    return refuse(
      problems,
      path,
      RED_AT_START,
      describeFound(value),
      hint ?? (meant && `Did you mean "${meant}"?`),
    );
  }
  const fields = readObject(['override'], RED_AT_START)(value, path, problems);
  const reason = readReason(fields?.override, `${path}.override`, problems);
  return reason === undefined ? undefined : { kind: 'override', reason: oneLine(reason) };
});

const policyReaders = {
  names: readNames,
  redAtStart: optional(readRedAtStart),
  withoutData: optional(readChoice(['ignore', 'block'])),
};

const alarmsSchema = { anyOf: [readNames.schema, objectSchema(policyReaders, ['names'])] };

/** `alarms` of a request: a list of names, or an object with names and policies. Left out: no alarms. */
export const readAlarms: Read<Alarms> = reading(alarmsSchema, (value, path, problems) => {
  const policies = { redAtStart: DEFAULT_RED_AT_START, withoutData: DEFAULT_WITHOUT_DATA };
  if (value === undefined) return { names: [], ...policies };
  if (Array.isArray(value)) {
    const names = readNames(value, path, problems);
    return names && { names, ...policies };
  }

  const fields = readObject(
    ['names', 'redAtStart', 'withoutData'],
    `${NAMES}, or an object with names, redAtStart and withoutData`,
  )(value, path, problems);
  if (fields === undefined) return undefined;
  const names = policyReaders.names(fields.names, `${path}.names`, problems);
  const redAtStart = policyReaders.redAtStart(fields.redAtStart, `${path}.redAtStart`, problems);
  const withoutData = policyReaders.withoutData(fields.withoutData, `${path}.withoutData`, problems);
  return (
    names && {
      names,
      redAtStart: redAtStart ?? policies.redAtStart,
      withoutData: withoutData ?? policies.withoutData,
    }
  );
});
