import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { startLocalWorld } from '../../local/local-world.ts';
import { ProgramsFailed } from '../../local/programs-failed.ts';
import type { LogLine } from '../../local/tasks/logs.ts';
import { watchDeployments } from '../../local/watched-deployments.ts';
import { LOGS_PATH, LOGS_TYPE } from '../../local/wire/local-paths.ts';
import type { Host } from '../account/host.types.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_INTERRUPTED, EXIT_OK, EXIT_STUCK, type ExitCode } from '../exit-codes.ts';
import { makeEventLines } from '../local/event-lines.ts';
import { DEFAULT_PORT, portOf, readLocalInputs, SAMPLE_WORLD, speedOf } from '../local/local-inputs.ts';
import { worldText } from '../local/show-world.ts';
import { checkFaults, readFaults } from '../rehearsal/injected.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export const localCommand: Command = {
  name: 'local',
  summary: 'run a world on this machine: AWS’s APIs, load balancers, tasks as processes, and Cutover in it',
  usage: '[logs] [options]',
  exits: [0, 1, 4, 130],
  options: {
    world: {
      type: 'string',
      value: 'DIR',
      help: 'its files (docs/worlds.md) with a local.json; default: the sample shop',
    },
    speed: {
      type: 'string',
      value: 'N',
      help: 'the world’s clock runs N times as fast as ours, 1 to 30; programs and requests do not. Default: 1',
    },
    port: {
      type: 'string',
      value: 'P',
      help: `of the AWS endpoint; listeners take the ports after it. Default: ${DEFAULT_PORT}`,
    },
    inject: {
      type: 'string',
      multiple: true,
      value: 'FAULT',
      help: 'a fault for the next deployment, several may be given; `cutover rehearse --help` lists them',
    },
    follow: { type: 'boolean', short: 'f', help: 'with logs: print new lines as they come' },
  },
  examples: [
    { line: 'cutover local', description: 'the sample shop, until Ctrl-C' },
    {
      line: 'cutover local --world world/ --speed 15',
      description: 'a world of yours, its bakes 15 times as short',
    },
    {
      line: 'cutover local logs --follow',
      description: 'what the tasks and the handlers print, from another terminal',
    },
  ],
  run: (args, terminal, host) => {
    const [what, ...more] = args.positionals;
    if (what === undefined) return runWorld(args, terminal, host);
    if (what === 'logs' && more.length === 0) return showLogs(args, terminal);
    throw new UsageError(`expected nothing or "logs", found ${args.positionals.join(' ')}`);
  },
};

const runWorld = async (args: Arguments, terminal: Terminal, host: Host): Promise<ExitCode> => {
  const inputs = readLocalInputs(args.text('world') ?? SAMPLE_WORLD);
  const [speed, port] = [speedOf(args), portOf(args)];
  const inject = readFaults(args.texts('inject'));
  checkFaults(inject, inputs.world, 'live');
  const paint = makePaint(terminal.colour);
  const broken: unknown[] = [];
  const ended = new AbortController();
  const local = await startLocalWorld({
    ...inputs,
    speed,
    port,
    seed: 1,
    failed: (error) => {
      broken.push(error);
      ended.abort();
    },
  }).catch((error: NodeJS.ErrnoException & { port?: number }) => {
    if (error instanceof ProgramsFailed) {
      throw new UsageError(error.message, {
        problems: error.problems,
        hint: `check the programs that ${inputs.programs.path} names; docs/local.md says what they get`,
      });
    }
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`expected port ${error.port} to be free, found somebody who listens there`, {
      hint: 'another local world may be running; --port takes other ports',
    });
  });
  const violated = (message: string): void => {
    broken.push(new Error(message));
    terminal.err(`${paint('red', 'VIOLATION')} ${message}\n`);
  };
  watchDeployments({
    seed: inputs.world,
    world: local.world,
    orchestrator: local.orchestrator,
    inject,
    violated,
  });
  local.world.kernel.onEvent(makeEventLines(terminal, local.world.kernel.scheduler.nowMs()));
  // Before this Ctrl-C ends us at once, and what we have started with us.
  const leaving = host.interruption();
  terminal.out(worldText(local, inputs.world, speed, paint));

  const left = AbortSignal.any([leaving, ended.signal]);
  if (!left.aborted) await once(left, 'abort');
  const { total, failed } = local.traffic.totals();
  await local.close();
  if (ended.signal.aborted) throw broken[0];
  terminal.out(`\n  ended; the load balancers took ${total} requests, ${failed} of them failed\n`);
  return broken.length > 0 ? EXIT_STUCK : EXIT_INTERRUPTED;
};

/** What is there, if anything, is no local world. */
const noWorldAt = (port: number, found: string): UsageError =>
  new UsageError(`expected a local world at port ${port}, found ${found}`, {
    hint: 'start one with `cutover local`, or give its --port, the AWS endpoint’s',
  });

const logText = (text: string): string => {
  const { atMs, task, container, version, line } = JSON.parse(text) as LogLine;
  const time = new Date(atMs).toISOString().slice(11, 23);
  return `${time}  ${task}${container === undefined ? '' : ` ${container}`} ${version.padEnd(10)} ${line}\n`;
};

const showLogs = async (args: Arguments, terminal: Terminal): Promise<ExitCode> => {
  const port = portOf(args);
  const path = `${LOGS_PATH}${args.flag('follow') ? '?follow' : ''}`;
  const asked = request({ host: '127.0.0.1', port, path });
  asked.end();
  const [response] = (await once(asked, 'response').catch((error: NodeJS.ErrnoException) => {
    throw noWorldAt(port, error.code === 'ECONNREFUSED' ? 'nobody' : 'something that speaks no HTTP');
  })) as [IncomingMessage];
  if (response.headers['content-type'] !== LOGS_TYPE) {
    response.destroy();
    throw noWorldAt(port, 'another HTTP server');
  }
  try {
    for await (const text of createInterface({ input: response })) terminal.out(logText(text));
  } catch (error) {
    // A world that ends takes the connection with it.
    if (response.complete) throw error;
  }
  if (!response.complete) terminal.err('the world has ended\n');
  return EXIT_OK;
};
