import { isObject } from '../is-object.ts';
import type { TaskHook } from '../vocabulary/hooks.types.ts';
import { readCapacityProviders, readNetwork, readPlatformVersion } from './placement.ts';
import { describeFound, type Problem } from './problem.ts';
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
} from './read-field.ts';

/** What a hook that is a one-off ECS task runs, and where. */

/** RunTask takes overrides of 8,192 characters as JSON (ECS API reference); some are Cutover's own variables. */
const MOST_OVERRIDES_CHARACTERS = 7_000;

const MOST_WORDS = 100;

const ENVIRONMENT = 'an object whose members are texts, such as {"SUITE": "full"}';
const readEnvironment: Read<Record<string, string>> = reading(
  { type: 'object', additionalProperties: { type: 'string' }, description: ENVIRONMENT },
  (value, path, problems) => {
    if (!isObject(value) || !Object.values(value).every((one) => typeof one === 'string'))
      return refuse(problems, path, ENVIRONMENT, describeFound(value));
    const own = Object.keys(value).find((name) => name.startsWith('CUTOVER_'));
    if (own !== undefined)
      return refuse(
        problems,
        path,
        'no variable that begins with CUTOVER_',
        own,
        'Cutover sets those itself.',
      );
    return value as Record<string, string>;
  },
);

const readers = {
  taskDefinition: readText(
    /^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition\/)?[A-Za-z0-9_-]{1,255}(?::\d+)?$/,
    '"green", or a task definition such as "migrate:3"',
  ),
  container: optional(readText(/^[A-Za-z0-9_-]{1,255}$/, "the container's name in the task definition")),
  command: optional(
    readList(
      1,
      MOST_WORDS,
      'a list of words such as ["node", "migrate.mjs"]',
      readText(/^[\s\S]+$/, 'a word'),
    ),
  ),
  environment: optional(readEnvironment),
  network: optional(readNetwork),
  launchType: optional(readChoice(['FARGATE', 'EC2', 'EXTERNAL'])),
  capacityProviders: optional(readCapacityProviders),
  platformVersion: optional(readPlatformVersion),
};

const check = (task: TaskHook['task'], path: string, problems: Problem[]): void => {
  const { command = [], environment = {}, launchType, capacityProviders } = task;
  const length = JSON.stringify({ command, environment }).length;
  if (length > MOST_OVERRIDES_CHARACTERS)
    refuse(
      problems,
      path,
      `command and environment of at most ${MOST_OVERRIDES_CHARACTERS} characters as JSON`,
      `${length}`,
    );
  if (launchType !== undefined && capacityProviders !== undefined)
    refuse(problems, `${path}.launchType`, 'either launchType or capacityProviders', 'both');
};

const EXPECTED = 'an object such as {"taskDefinition": "green", "command": ["migrate"]}';
const schema = objectSchema(readers, ['taskDefinition']);

export const readHookTask: Read<TaskHook['task']> = reading(schema, (value, path, problems) => {
  const fields = readObject(Object.keys(readers), EXPECTED)(value, path, problems);
  if (fields === undefined) return undefined;
  const before = problems.length;
  const given = Object.fromEntries(
    Object.entries(readers).flatMap(([name, read]) => {
      const one = read(fields[name], `${path}.${name}`, problems);
      return one === undefined ? [] : [[name, one]];
    }),
  ) as TaskHook['task'];
  if (problems.length === before) check(given, path, problems);
  return problems.length === before ? given : undefined;
});
