import { MINUTE_MS } from '../core/clock.ts';
import type { World } from '../sim/world.ts';
import type { FunctionProgram } from './local-file.ts';
import { type Child, startChild } from './tasks/child.ts';
import type { Logs } from './tasks/logs.ts';

/** Lambda's longest timeout, in real time as a program's own. */
const LONGEST_MS = 15 * MINUTE_MS;

type Parts = {
  programs: readonly FunctionProgram[];
  /** What every program gets, beside its own. */
  environment: Record<string, string>;
  logs: Logs;
};

/** `shop-smoke` of an ARN or a name, without alias. */
const nameOfFunction = (functionArn: string): string =>
  (/:function:([^:]+)/.exec(functionArn)?.[1] ?? functionArn).replace(/:.*$/, '');

/** What a function that threw is known by: the last line that it printed to its standard error. */
const thrown = (code: number, complaints: string): Error => {
  const last = complaints.trimEnd().split('\n').at(-1) ?? '';
  return new Error(last === '' ? `the program ended with exit code ${code}` : last);
};

/**
 * The Lambda functions that hooks call, each a program that gets the event on its standard input and prints its answer,
 * JSON or nothing. Another exit code than 0 is a function that threw. What it prints to its standard error is its log.
 */
export const installFunctions = (
  { kernel, functions }: Pick<World, 'kernel' | 'functions'>,
  { programs, environment, logs }: Parts,
): { close(): void } => {
  const running = new Set<Child>();
  const { scheduler } = kernel;

  const run = (program: FunctionProgram, event: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const name = nameOfFunction(program.functionArn);
      const log = logs.writer({ group: `/aws/lambda/${name}`, stream: 'hook', task: name, version: '' });
      const printed: Buffer[] = [];
      let complaints = '';
      let exitCode = 0;
      // The answer comes between two events of the world.
      const inWorld = (conclude: () => void): void => void scheduler.after(0, conclude);
      const child = startChild(
        program.command,
        {
          directory: program.directory,
          environment: { ...environment, AWS_LAMBDA_FUNCTION_NAME: name, ...program.environment },
          input: JSON.stringify(event),
        },
        {
          started: () => {},
          failed: (error) => inWorld(() => reject(error)),
          ended: (code) => {
            exitCode = code;
          },
          output: (chunk, stream) => {
            if (stream === 'stdout') return void printed.push(chunk);
            complaints = `${complaints}${chunk}`.slice(-10_000);
            log(chunk);
          },
        },
      );
      running.add(child);
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
      // Only then has all that it printed arrived.
      child.process.once('close', () => {
        clearTimeout(timer);
        running.delete(child);
        inWorld(() => {
          if (exitCode !== 0) return reject(thrown(exitCode, complaints));
          const text = Buffer.concat(printed).toString('utf8').trim();
          try {
            resolve(text === '' ? null : JSON.parse(text));
          } catch {
            reject(new Error(`expected JSON on standard output, found ${text.slice(0, 100)}`));
          }
        });
      });
    });

  for (const program of programs) functions.install(program.functionArn, (event) => run(program, event));
  return {
    close: () => {
      for (const child of running) child.kill('SIGKILL');
    },
  };
};
