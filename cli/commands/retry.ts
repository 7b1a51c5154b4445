import { nameOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { parseRequest } from '../../core/request/request.ts';
import { type Account, openAccount } from '../account/account.ts';
import { earlierDeployments } from '../account/history.ts';
import { firstExecution } from '../account/locate.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import { type Retry, retryOf } from '../account/retry.ts';
import { runningRevision } from '../account/revision.ts';
import { startDeployment } from '../account/start.ts';
import { TARGET_USAGE, type Target, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED, everyExit } from '../exit-codes.ts';
import { deploymentRow } from '../render/history.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { type FollowSettings, follow, followOptions, followSettings, stageSection } from '../watch/follow.ts';
import { writeEvent } from '../watch/json-sink.ts';
import { deploymentJson } from './history.ts';

export const retryCommand: Command = {
  name: 'retry',
  summary: 'start the last deployment again when it failed, with the same request; shows first what failed',
  usage: `${TARGET_USAGE} [options]`,
  exits: everyExit,
  options: {
    'dry-run': { type: 'boolean', help: 'show what failed and what would be started, and start nothing' },
    detach: { type: 'boolean', help: 'start it and leave' },
    ...followOptions,
    ...targetOptions,
  },
  examples: [
    { line: 'cutover retry production/shop', description: 'after what made it fail is put right' },
    { line: 'cutover retry production/shop --dry-run', description: 'only shows what failed' },
  ],
  sections: [targetSection, stageSection],
  run: async (args, terminal, host) => {
    const settings = followSettings(args, terminal);
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    const retry = checked(await findRetry(account, target));
    show(retry, settings, terminal);
    if (retry.kind === 'none') return EXIT_REFUSED;
    if (args.flag('dry-run')) return EXIT_OK;

    host.interruption();
    const startedBy = await identity(account);
    const started = await startDeployment(account, target, { ...retry.request, ...startedBy }, undefined);
    if (args.flag('detach')) return EXIT_OK;
    return follow(account, started, target.words, settings, terminal);
  },
};

const findRetry = async (account: Account, target: Target): Promise<Retry> => {
  const [last] = await earlierDeployments(account, target, { limit: 1 });
  if (last === undefined) await refuseIfNotThere(account, target);
  if (last === undefined || last.end === null) return retryOf(last, null, null, target.words);
  const { deployments } = account.verbs();
  const execution = await deployments.describe(await firstExecution(account, last.executionArn));
  const running = await runningRevision(account, target);
  return retryOf(last, execution?.input ?? null, running === null ? null : nameOf(running), target.words);
};

/** What an earlier release took, this one may refuse. */
const checked = (retry: Retry): Retry => {
  if (retry.kind === 'none') return retry;
  const parsed = parseRequest(retry.request);
  if (parsed.ok) return retry;
  const problems = parsed.problems.map(
    ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
  );
  return {
    kind: 'none',
    last: retry.last,
    description:
      `the same request would be refused again (${problems.join('; ')}): \`cutover deploy --help\` shows how to ` +
      'ask for it anew',
  };
};

/** Not knowing who it is keeps nobody from trying again. */
const identity = async (account: Account): Promise<{ startedBy?: string }> => {
  try {
    return { startedBy: await account.verbs().identity() };
  } catch (error) {
    if (isDeploymentError(error)) return {};
    throw error;
  }
};

const show = (retry: Retry, { showing }: FollowSettings, terminal: Terminal): void => {
  const { last } = retry;
  const description =
    retry.kind === 'none' ? retry.description : `${retry.last.to} is deployed again, with the same request`;
  if (showing === 'json') {
    const before = last === null ? null : deploymentJson(last);
    writeEvent(terminal, 'again', { last: before, starts: retry.kind === 'start', description });
    return;
  }
  const paint = makePaint(terminal.colour);
  if (last !== null) terminal.out(`\n${deploymentRow(last, terminal.width, paint)}`);
  if (retry.kind === 'none') terminal.err(`${hang(`refused: ${description}`, 2, terminal.width)}\n`);
  else terminal.out(`\n  ${hang(description, 2, terminal.width)}\n\n`);
};
