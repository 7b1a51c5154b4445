import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { EXIT_USAGE } from '../../cli/exit-codes.ts';
import { aDirectory } from '../a-directory.ts';
import { aSimulatedAccount, DEPLOY, SHOP } from '../cli/a-simulated-account.ts';
import { example } from '../cli/a-terminal.ts';
import { shellWords } from './cli-line.ts';

const MINUTE_MS = 60_000;

/** `cutover.yaml`, `task-definition.json` and what else the examples name: the files of a person who types them. */
const aPersonsDirectory = (): string => {
  const directory = aDirectory('printed');
  const world = example('shop').replace('request.json', 'world');
  const config =
    'services:\n  shop:\n    environments:\n      production:\n        cluster: production\n        ' +
    'region: us-east-1\n';
  writeFileSync(join(directory, 'cutover.yaml'), config);
  // What `adopt --emit config` prints.
  writeFileSync(join(directory, 'shop.yaml'), `${config}        taskDefinition: shop:42\n`);
  copyFileSync(join(world, 'describe-task-definition.shop-42.json'), join(directory, 'task-definition.json'));
  copyFileSync(
    example('shop').replace('shop/request.json', 'analysis/healthy.json'),
    join(directory, 'series.json'),
  );
  mkdirSync(join(directory, 'shop-snapshot'));
  return directory;
};

/** A file of the person's; what is in examples/ is in the repository. */
const inDirectory = (word: string, directory: string): string => {
  if (word === 'shop-snapshot/request.json') return example('shop');
  return /^[\w-]+\.(json|yaml|html)$/.test(word) ? join(directory, word) : word;
};

/** Where a command writes by default. */
const outputs: Record<string, (directory: string) => string[]> = {
  init: (directory) => ['--config', join(directory, 'new.yaml')],
  snapshot: (directory) => ['--output', join(directory, 'snapshot')],
  report: (directory) => ['--output', join(directory, 'report.html')],
};

/** Serve until Ctrl-C in real time: their words are read, and no world is started. */
const SERVES = ['local', 'demo'];

/** Refuse a service that is being deployed: what they would read is neither the old nor the new. */
const WHILE_NOTHING_RUNS = ['plan', 'rehearse', 'snapshot'];

/** What a printed `cutover ...` needs beside its words, to be typed by somebody in another directory than theirs. */
const typed = (line: string, directory: string): string[] => {
  const [first = ''] = line
    .replace(/^npx /, '')
    .replace('CLUSTER/SERVICE', SHOP)
    // The service that `adopt` made, on its way back to the name it had: here the shop leaves, to another name.
    .replace(`${SHOP}-x --name shop`, `${SHOP} --name shop-y`)
    .replace(`${SHOP}-x`, SHOP)
    .split(/ [|>] /);
  const { words } = shellWords(first);
  const argv = words.slice(1).map((word) => inDirectory(word, directory));
  const command = commands.find(({ name }) => name === argv[0]);
  const given = (option: string) => argv.some((word) => word === `--${option}` || word === '-o');
  const extra = outputs[command?.name ?? '']?.(directory) ?? [];
  if (argv.includes('--help')) return argv;
  return [
    ...argv,
    ...(extra[0] !== undefined && !given(extra[0].slice(2)) ? extra : []),
    ...(command?.options.config === undefined || command.name === 'init' || argv.includes('--config')
      ? []
      : ['--config', join(directory, 'cutover.yaml')]),
  ];
};

/** Types it while a deployment bakes, if the command is for such times. Each problem is a usage error, of which the command prints what is wrong. */
export const pasteCutover = async (line: string): Promise<{ how: 'ran' | 'read'; problems: string[] }> => {
  const directory = aPersonsDirectory();
  const argv = typed(line, directory);
  const served = SERVES.includes(argv[0] ?? '');
  const account = await aSimulatedAccount();
  const quiet = WHILE_NOTHING_RUNS.includes(argv[0] ?? '');
  const deployment = quiet ? null : account.type([...DEPLOY, '--name', 'shop-42']);
  await account.pass(argv[0] === 'analyse' ? 9 * MINUTE_MS : 4 * MINUTE_MS);
  const { code, err, out } = await account.cutover(served ? [...argv, '--help'] : argv);
  deployment?.interrupt();
  return {
    how: served ? 'read' : 'ran',
    problems: code === EXIT_USAGE ? [`${line}: ${err || out}`] : [],
  };
};
