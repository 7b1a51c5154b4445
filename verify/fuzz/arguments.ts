import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../cli/account/host.types.ts';
import { commands } from '../../cli/commands.ts';
import { EXIT_STUCK } from '../../cli/exit-codes.ts';
import { main } from '../../cli/main.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { DeploymentError } from '../../core/errors.ts';
import { pick, type Random } from '../../sim/kernel/random.ts';
import { requests, taskDefinitions } from './examples.ts';
import { mutateText, nastyTexts } from './mutate-text.ts';
import { Crash, type Target } from './target.types.ts';

/**
 * Not fuzzed: `demo` reads nothing but options that other commands have, and plays two deployments for seconds;
 * `local` serves until it is interrupted.
 */
const LEFT_OUT = ['demo', 'local'];

/** An account that does not answer: a command comes as far as its first call. */
const host: Host = {
  clock: { nowMs: () => 0, sleep: async () => undefined } as unknown as Host['clock'],
  random: () => 0.5,
  interruption: () => new AbortController().signal,
  clients: () => {
    throw new DeploymentError('Unavailable', 'there is no account here');
  },
};

const lines: readonly string[][] = commands
  .filter(({ name }) => !LEFT_OUT.includes(name))
  .flatMap(({ name, examples, options }) => [
    ...examples.map(({ line }) => line.split('|')[0]?.trim().split(/\s+/).slice(1) ?? []),
    [
      name,
      ...Object.entries(options).flatMap(([option, { type }]) =>
        type === 'boolean' ? [`--${option}`] : [`--${option}`, '5m'],
      ),
    ],
  ]);

const drawLine = (random: Random): string => {
  const line = [...pick(random, lines)];
  const changes = random.between(1, 3);
  for (let change = 0; change < changes; change += 1) {
    const at = random.between(0, line.length);
    const word = random.between(0, 1) === 0 ? pick(random, nastyTexts) : mutateText(random, line[at] ?? '--');
    line.splice(at, random.between(0, 2), ...(random.between(0, 3) === 0 ? [] : [word]));
  }
  return JSON.stringify(line);
};

/** Command lines, in a folder with a request and a task definition but no world: none of them plays a deployment. */
export const argumentTarget = (folder: string): Target => {
  const feed = async (input: string): Promise<void> => {
    const line = JSON.parse(input) as string[];
    if (LEFT_OUT.includes(line[0] ?? '')) return;
    let err = '';
    const terminal: Terminal = {
      out: () => undefined,
      err: (text) => {
        err += text;
      },
      width: 100,
      interactive: false,
      colour: false,
      pause: async () => undefined,
    };
    const code = await main(line, terminal, host);
    if (code === EXIT_STUCK) throw new Crash(err);
  };
  let prepared = false;
  return {
    name: 'arguments',
    cases: 2_500,
    draw: drawLine,
    feed: async (input) => {
      if (prepared) return feed(input);
      prepared = true;
      process.chdir(folder);
      writeFileSync(join(folder, 'request.json'), JSON.stringify(requests[0]));
      writeFileSync(join(folder, 'taskdef.json'), JSON.stringify(taskDefinitions[1]));
      return feed(input);
    },
  };
};
