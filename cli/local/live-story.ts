import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grouped } from '../../core/figures.ts';
import { type LocalWorld, startLocalWorld } from '../../local/local-world.ts';
import { startUsers, type Users } from '../../local/users.ts';
import { watchDeployments } from '../../local/watched-deployments.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import type { Host } from '../account/host.types.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { deployCommand } from '../commands/deploy.ts';
import { reportCommand } from '../commands/report.ts';
import { EXIT_INTERRUPTED, EXIT_OK, EXIT_STUCK, type ExitCode } from '../exit-codes.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { readLocalInputs, SAMPLE_WORLD } from './local-inputs.ts';

/** At this speed both deployments are over in about a minute. */
const SPEED = 20;
/** Enough that a tenth of it in one minute of the world is more than the alarms' 60 requests. */
const REQUESTS_PER_SECOND = 200;

const CONFIG = fileURLToPath(new URL('../../examples/shop/cutover.yaml', import.meta.url));
const IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/shop';

const acts = [
  {
    version: '1.42.0',
    ends: 0,
    title: 'The shop goes from version 1.41.0 to 1.42.0, in stages, while its users keep coming',
  },
  {
    version: '1.43.0',
    ends: 2,
    title: 'Version 1.43.0 answers a fifth of its requests with 500: its alarm rolls it back',
  },
] as const;

const endpointEnvironment = ({ endpoint }: LocalWorld, { region }: WorldSeed): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

const run = (command: Command, words: string[], terminal: Terminal, host: Host): Promise<ExitCode> =>
  command.run(readArguments(words, command.options, command.name), terminal, host);

/** What the users saw, one row a version; requests without any answer are nobody's. */
const usersTable = (users: Users): string[] => {
  const rows = [...users.byVersion()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([version, { answered, failed }]) => [
      version === '' ? 'the load balancer itself' : version,
      grouped(answered),
      grouped(failed),
    ]);
  const table = [['version', 'answered', 'answered 5xx'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map(([name = '', ...counts]) => {
    const cells = counts.map((text, index) => `  ${text.padStart(widths[index + 1] ?? 0)}`);
    return `    ${name.padEnd(widths[0] ?? 0)}${cells.join('')}`;
  });
};

/**
 * The live story of `npm start`: a world on this machine, a good version and a bad one, and what the users saw of
 * both.
 */
export const liveStory = async (terminal: Terminal, host: Host): Promise<ExitCode> => {
  const paint = makePaint(terminal.colour);
  const inputs = readLocalInputs(SAMPLE_WORLD);
  const leaving = host.interruption();
  const broken: string[] = [];
  const failed = (error: unknown): void => void broken.push(String(error));
  const local = await startLocalWorld({ ...inputs, speed: SPEED, port: 0, seed: 1, failed });
  try {
    const { world, orchestrator } = local;
    const violated = (message: string): void => void broken.push(message);
    watchDeployments({ seed: inputs.world, world, orchestrator, inject: [], violated });
    Object.assign(process.env, endpointEnvironment(local, inputs.world));
    const [shop] = local.listeners;
    const address = `http://127.0.0.1:${shop?.port}`;
    terminal.out(
      `\n  ${hang(
        `${paint('bold', 'A world on this machine')}: AWS’s APIs, a load balancer, and four tasks of the ` +
          'sample shop, each a process.',
        2,
        terminal.width,
      )}\n` +
        `  ${hang(
          `Open ${paint('cyan', `${address}/`)} in a browser to see which version answers. ${SPEED} ` +
            'seconds of the world pass in one of ours.',
          2,
          terminal.width,
        )}\n`,
    );
    const users = startUsers(shop?.port ?? 0, '/api/version', REQUESTS_PER_SECOND);
    let asExpected = true;
    for (const { version, ends, title } of acts) {
      if (leaving.aborted) break;
      terminal.out(`\n${paint('bold', hang(title, 0, terminal.width))}\n\n`);
      const words = ['shop', '--config', CONFIG, '--image', `web=${IMAGE}:${version}`];
      asExpected = (await run(deployCommand, words, terminal, host)) === ends && asExpected;
    }
    await users.stop();
    if (leaving.aborted) return EXIT_INTERRUPTED;

    const report = join(tmpdir(), 'cutover-report.html');
    await run(reportCommand, ['production/shop', '--output', report], terminal, host);
    const dropped = users.dropped();
    terminal.out(
      [
        '',
        `  ${paint('bold', 'What the users saw')}`,
        `    ${grouped(users.sent())} requests sent, ` +
          `${paint(dropped === 0 ? 'green' : 'red', `${grouped(dropped)} dropped`)}`,
        ...usersTable(users),
        '',
        '  The report of the second deployment:',
        `    ${report}`,
        '  The same world for your own hands (docs/local.md):',
        '    npx cutover local',
        '',
        '',
      ].join('\n'),
    );
    for (const message of broken) terminal.err(`${paint('red', 'VIOLATION')} ${message}\n`);
    return asExpected && broken.length === 0 ? EXIT_OK : EXIT_STUCK;
  } finally {
    await local.close();
  }
};
