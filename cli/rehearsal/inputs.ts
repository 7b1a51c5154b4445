import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameOf } from '../../core/deployment/service-key.ts';
import { oneLine } from '../../core/one-line.ts';
import { word } from '../../core/plan/preflight/commands.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import { loadWorld, loadWorldFile } from '../../sim/load-world.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { parseJson } from '../../sim/world-files/read-members.ts';
import { checkRequest, requestFields, requestOptions } from '../account/deployment-request.ts';
import type { Host } from '../account/host.types.ts';
import { askedFor } from '../account/revision.ts';
import { type Target, targetOptions } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import { type Arguments, type OptionSpecs, onlyPositional } from '../arguments.ts';
import { exists } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import { type LiveWorld, readLiveWorld, type Wanted } from './live-world.ts';

/** Options of a command that takes a request's file or a service of an account. */
export const inputOptions: OptionSpecs = {
  world: {
    type: 'string',
    value: 'WORLD',
    help: 'directory or file that describes the account; default: world beside REQUEST.json',
  },
  'task-definition': {
    type: 'string',
    short: 't',
    value: 'NAME',
    help:
      'of a service: the new version as a JSON file, family, family:revision or ARN; default: cutover.yaml’s, ' +
      'or one like the running one',
  },
  'at-peak': {
    type: 'boolean',
    help: "of a service: with the traffic of the busiest hundredth of two weeks instead of the median's",
  },
  ...requestOptions,
  ...targetOptions,
};

export const INPUT_USAGE = 'REQUEST.json | CLUSTER/SERVICE [options]';

export type Inputs = {
  /** As the file has it: an execution's input is not parsed before it starts. */
  input: unknown;
  request: DeploymentRequest;
  world: WorldSeed;
  /** What names it on a command line. */
  words: string;
};

/**
 * Of the file that is named, or of the service of an account: that needs describe rights there, and nothing
 * installed.
 */
export const inputsOf = async (args: Arguments, host: Host, command: string): Promise<Inputs> => {
  const named = args.positionals[0] ?? '';
  const isService = !named.endsWith('.json') && !exists(named);
  if (args.text('world') !== undefined || (isService && named === '' && !namesService(args))) {
    return readInputs(onlyPositional(args, 'REQUEST.json or CLUSTER/SERVICE', command), args.text('world'));
  }
  return isService
    ? readLive(args, host)
    : readInputs(onlyPositional(args, 'REQUEST.json', command), undefined);
};

const namesService = (args: Arguments): boolean =>
  ['cluster', 'service', 'env'].some((name) => args.text(name) !== undefined);

const readLive = async (args: Arguments, host: Host): Promise<Inputs> => {
  return inputsFrom(await liveWorldOf(args, host));
};

/** Of a service that is known already. */
export const readLiveInputs = async (host: Host, wanted: Wanted): Promise<Inputs> =>
  inputsFrom({ target: wanted.target, live: await readLiveWorld(host, wanted) });

const inputsFrom = ({ target, live }: { target: Target; live: LiveWorld }): Inputs => {
  const read = loadWorldFile(target.words, live.file);
  if (!read.ok) {
    throw new UsageError(`what was read of ${target.words} makes no world`, {
      problems: read.problems,
      hint: `\`cutover snapshot ${target.words}\` writes it to a file`,
    });
  }
  const { request } = checked(target.words, live.request);
  return { input: live.request, request, world: read.seed, words: target.words };
};

/** Reads the service that the arguments name. */
export const liveWorldOf = async (
  args: Arguments,
  host: Host,
): Promise<{ target: Target; live: LiveWorld }> => {
  const target = targetOf(args);
  const { taskDefinition: configured, ...fields } = requestFields(target, args);
  checkRequest({ ...fields, taskDefinition: 'family' });
  const named = args.text('task-definition') ?? (typeof configured === 'string' ? configured : null);
  const taskDefinition = askedFor(named, args);
  const live = await readLiveWorld(host, { target, fields, taskDefinition, atPeak: args.flag('at-peak') });
  return { target, live };
};

/** Reads a request and its world; a UsageError names everything that is wrong with either. */
export const readInputs = (requestPath: string, givenWorld: string | undefined): Inputs => {
  const { input, request } = readRequest(requestPath);
  const worldPath = givenWorld ?? worldBeside(requestPath);
  const loaded = loadWorld(worldPath);
  if (!loaded.ok) {
    throw new UsageError(`the world ${worldPath} cannot be used`, {
      problems: loaded.problems,
      hint: 'docs/worlds.md has the commands that write these files',
    });
  }
  const missing = missingFiles(loaded.seed, request);
  if (missing.length > 0) {
    throw new UsageError(`the world ${worldPath} lacks what the request names`, {
      problems: missing,
      hint: 'docs/worlds.md has the commands that write its files',
    });
  }
  return { input, request, world: loaded.seed, words: word(requestPath) };
};

/** A world has what somebody saved of an account: what no file describes is not what the account lacks. */
const missingFiles = (seed: WorldSeed, { alarms, taskDefinition }: DeploymentRequest): string[] => {
  // With some alarms in the world a name is one that the account lacks, and preflight says so.
  const unwatched = seed.metricAlarms.length + seed.compositeAlarms.length === 0 ? alarms.names : [];
  const isAsked = ({ family, taskDefinitionArn = '' }: WorldSeed['taskDefinitions'][number]): boolean =>
    [family, nameOf(taskDefinitionArn)].includes(nameOf(taskDefinition));
  return [
    ...(seed.taskDefinitions.some(isAsked)
      ? []
      : [
          `taskDefinition: expected a file with ${oneLine(taskDefinition)}, found none; ` +
            `\`aws ecs describe-task-definition --task-definition ${word(taskDefinition)}\` prints it`,
        ]),
    ...(unwatched.length === 0
      ? []
      : [
          `alarms: expected a file with ${unwatched.map(oneLine).join(', ')}, found no alarm at all; ` +
            '`aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm` prints them',
        ]),
  ];
};

const readRequest = (path: string): { input: unknown; request: DeploymentRequest } => {
  const parsed = parseJson(path);
  if (!parsed.ok) {
    throw new UsageError(parsed.problem, {
      hint: 'name a request, such as shop/request.json, or a service as CLUSTER/SERVICE',
    });
  }
  return checked(path, parsed.value);
};

const checked = (where: string, value: unknown): Pick<Inputs, 'input' | 'request'> => {
  const read = parseRequest(value);
  if (!read.ok) {
    throw new UsageError(`${where} is not a deployment request`, {
      problems: read.problems.map(
        ({ path: field, expected, found, hint }) =>
          `${oneLine(field)}: expected ${expected}, found ${found}${hint === undefined ? '' : `. ${hint}`}`,
      ),
      hint: 'docs/request.md describes every field',
    });
  }
  return { input: value, request: read.request };
};

/** The `world` directory, or else `world.json`, in the request's directory. */
const worldBeside = (requestPath: string): string => {
  const directory = join(dirname(requestPath), 'world');
  if (existsSync(directory)) return directory;
  const file = `${directory}.json`;
  if (existsSync(file)) return file;
  throw new UsageError(`expected a world beside ${requestPath}: neither ${directory} nor ${file} exists`, {
    hint: 'give one with --world; `cutover snapshot CLUSTER/SERVICE` writes one from an account (docs/worlds.md)',
  });
};
