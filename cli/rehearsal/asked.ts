import { word } from '../../core/plan/preflight/commands.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { hookProblems } from '../../rehearsal/hooks/arm-hooks.ts';
import type { Host } from '../account/host.types.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';
import { checkFaults, readFaults } from './injected.ts';
import { type Inputs, inputsOf } from './inputs.ts';
import { DEFAULT_SPEED, FASTEST, SLOWEST } from './live-rehearsal.ts';
import { checkReportPath } from './write-report.ts';

export const DEFAULT_SEED = 1;

/** What the options of `cutover rehearse` ask for, all of it checked before anything runs. */
export type Asked = {
  inputs: Inputs;
  version: string;
  seed: number;
  inject: string[];
  hooks: string[];
  /** Null: not live. */
  speed: number | null;
  reportPath: string | undefined;
  /** A share between 0 and 1; null: any number of requests may fail. */
  failAbove: number | null;
  /** The command that plays the same run again. */
  again: string;
};

/** @throws UsageError for what no rehearsal can do. */
export const askedOf = async (args: Arguments, host: Host): Promise<Asked> => {
  const version = readVersion(args.text('version') ?? 'healthy');
  const seed = readSeed(args.text('seed'));
  const inject = args.texts('inject');
  const faults = readFaults(inject);
  const speed = readSpeed(args);
  const failAbove = readShare(args.text('fail-above'));
  const reportPath = args.text('report');
  if (reportPath !== undefined) checkReportPath(reportPath);
  const inputs = await inputsOf(args, host, 'rehearse');
  checkFaults(faults, inputs.world, {
    watched: inputs.request.alarms.names,
    shifts: inputs.request.shifts.length,
  });
  const hooks = args.texts('hook');
  checkHooks(hooks, inputs);
  const again = againLine(inputs.words, args, version, seed);
  return { inputs, version, seed, inject, hooks, speed, reportPath, failAbove, again };
};

const readShare = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const [, figure] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (figure !== undefined && Number(figure) <= 100) return Number(figure) / 100;
  throw new UsageError(`--fail-above: expected a share such as 0.5%, found "${text}"`);
};

const readVersion = (text: string): string => {
  const parsed = parseBehaviour(text);
  if (parsed.ok) return text;
  throw new UsageError(`--version: ${parsed.message}`, {
    hint: '`cutover rehearse --help` lists the versions',
  });
};

const readSeed = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_SEED;
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(`--seed: expected a whole number from 0, found "${text}"`);
};

const readSpeed = (args: Arguments): number | null => {
  const text = args.text('speed');
  if (!args.flag('live')) {
    if (text !== undefined)
      throw new UsageError('--speed is the speed of the live view: give --live as well');
    return null;
  }
  const speed = Number(text ?? DEFAULT_SPEED);
  if (Number.isInteger(speed) && speed >= SLOWEST && speed <= FASTEST) return speed;
  throw new UsageError(`--speed: expected a whole number from ${SLOWEST} to ${FASTEST}, found "${text}"`);
};

const checkHooks = (hooks: string[], { request }: Inputs): void => {
  const problems = hookProblems(request.hooks ?? [], hooks);
  if (problems.length > 0)
    throw new UsageError('--hook: not every hook can be rehearsed so', {
      problems,
      hint: '`cutover rehearse --help` lists how hooks behave',
    });
};

/** With everything that the run and its exit code depend on. */
const againLine = (words: string, args: Arguments, version: string, seed: number): string => {
  const given = (name: string): string[] => args.texts(name).map((value) => `--${name} ${word(value)}`);
  return [
    'npx cutover rehearse',
    words,
    ...given('world'),
    ...(version === 'healthy' ? [] : [`--version ${word(version)}`]),
    ...given('inject'),
    ...given('hook'),
    ...given('fail-above'),
    `--seed ${seed}`,
  ].join(' ');
};
