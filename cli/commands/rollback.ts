import { isObject } from '../../core/is-object.ts';
import { type Account, openAccount } from '../account/account.ts';
import { commandId } from '../account/command-id.ts';
import { givenName } from '../account/deployment-name.ts';
import { checkRequest, requestFields } from '../account/deployment-request.ts';
import { abortIdOf, findRollback } from '../account/earlier-rollback.ts';
import { earlierDeployments } from '../account/history.ts';
import { runningDeployment } from '../account/locate.ts';
import { registeredDocument, runningRevision } from '../account/revision.ts';
import { startDeployment } from '../account/start.ts';
import { TARGET_USAGE, type Target, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import { launchable, type WayBack, wayBackFrom, wayBackTo } from '../account/way-back.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_ABORTED, EXIT_OK, EXIT_REFUSED, type ExitCode, everyExit } from '../exit-codes.ts';
import { alteredText } from '../render/diff.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { type FollowSettings, follow, followOptions, followSettings, stageSection } from '../watch/follow.ts';
import { writeEvent } from '../watch/json-sink.ts';
import { makeWatcher, type Watched } from '../watch/snapshot.ts';
import { viewOf } from '../watch/view.ts';

/**
 * Blue of a rollback is the version one wants to be rid of: it is kept just long enough to see that it was not the
 * better one.
 */
const KEEP_BLUE = '10m';

/** How many deployments back the last successful one is searched for; those after it rolled back or were refused. */
const DEPLOYMENTS_READ = 20;

export const rollbackCommand: Command = {
  name: 'rollback',
  summary: 'go back to the previous version: by weights while blue is kept, else by a fast deployment',
  usage: `${TARGET_USAGE} [options]`,
  exits: everyExit,
  options: {
    to: {
      type: 'string',
      value: 'NAME',
      help: 'family:revision or ARN; default: what ran before the last deployment',
    },
    name: {
      type: 'string',
      value: 'NAME',
      help: 'the same name twice is one rollback, for CI jobs that run again',
    },
    reason: { type: 'string', short: 'r', value: 'TEXT', help: 'why; kept in the record' },
    'dry-run': { type: 'boolean', help: 'say which way it would go, and do nothing' },
    detach: { type: 'boolean', help: 'start it and leave' },
    ...followOptions,
    ...targetOptions,
  },
  examples: [
    {
      line: 'cutover rollback production/shop --reason "checkout fails"',
      description: 'says which way it takes',
    },
    { line: 'cutover rollback production/shop --dry-run', description: 'only says it' },
  ],
  sections: [targetSection, stageSection],
  run: async (args, terminal, host) => {
    const settings = followSettings(args, terminal);
    const target = targetOf(args);
    const name = givenName(args);
    const account = await openAccount(host, target);
    const before = name === undefined ? null : await findRollback(account, target, name);
    const running = before?.watched ?? (await runningDeployment(account, target));
    const way = before === null ? await findWay(account, target, running, args.text('to')) : startedBefore;
    say(way, settings, terminal);
    if (way.kind === 'none') return EXIT_REFUSED;
    if (args.flag('dry-run')) return EXIT_OK;

    host.interruption();
    const watched = await go(way, account, target, running, args, terminal);
    if (args.flag('detach')) return EXIT_OK;
    const code = await follow(account, watched, target.words, settings, terminal);
    return way.kind === 'deploy' || before?.by === 'deploy' ? code : gone(code);
  },
};

const startedBefore: WayBack = { kind: 'underWay', description: 'this rollback was started before' };

/** Going back was what was asked for, so an aborted deployment is this command's success. */
const gone = (code: ExitCode): ExitCode => (code === EXIT_ABORTED || code === 2 ? EXIT_OK : code);

const findWay = async (
  account: Account,
  target: Target,
  running: Watched | null,
  to: string | undefined,
): Promise<WayBack> => {
  if (running !== null) return wayBackFrom(viewOf(await makeWatcher(account, running).observe()));
  const [revision, found] = await Promise.all([
    runningRevision(account, target),
    earlierDeployments(account, target, { limit: DEPLOYMENTS_READ }),
  ]);
  const way = wayBackTo(revision, found, to);
  return way.kind === 'deploy'
    ? launchable(way, await account.verbs().documents.read(way.taskDefinition))
    : way;
};

const say = (way: WayBack, { showing }: FollowSettings, terminal: Terminal): void => {
  if (showing === 'json') writeEvent(terminal, 'wayBack', { way: way.kind, description: way.description });
  else if (way.kind === 'none') terminal.err(`${hang(`refused: ${way.description}`, 2, terminal.width)}\n`);
  else terminal.out(`\n  ${hang(way.description, 2, terminal.width)}\n\n`);
};

const go = async (
  way: Exclude<WayBack, { kind: 'none' }>,
  account: Account,
  target: Target,
  running: Watched | null,
  args: Arguments,
  terminal: Terminal,
): Promise<Watched> => {
  const verbs = account.verbs();
  if (way.kind === 'deploy') {
    const { document, taskDefinition } = way;
    const revision =
      document === undefined ? { taskDefinition, altered: [] } : await registeredDocument(account, document);
    terminal.err(alteredText(revision.altered, revision.taskDefinition, makePaint(terminal.colour)));
    const request = await rollbackRequest(revision.taskDefinition, target, args, await verbs.identity());
    return startDeployment(account, target, request, args.text('name'));
  }
  if (running === null) throw new Error('unreachable: there is no deployment to go back in');
  if (way.kind === 'abort') {
    const reason = args.text('reason') ?? 'cutover rollback';
    const name = args.text('name');
    const id = name === undefined ? commandId(account.host) : abortIdOf(name);
    await verbs.command('abort', target, { by: await verbs.identity(), reason, id });
  }
  return running;
};

/**
 * The service's usual request, but all at once, and with alarms that may be red because of the version that is to go:
 * each counts from the moment it has been OK.
 */
const rollbackRequest = async (
  taskDefinition: string,
  target: Target,
  args: Arguments,
  startedBy: string,
) => {
  const { shifts: _shifts, ...fields } = requestFields(target, args);
  const alarms = isObject(fields.alarms) ? fields.alarms : { names: fields.alarms ?? [] };
  const request = {
    ...fields,
    strategy: 'AllAtOnce',
    keepBlue: KEEP_BLUE,
    alarms: { ...alarms, redAtStart: 'ignoreUntilOk' },
    taskDefinition,
    startedBy,
  };
  checkRequest(request);
  return request;
};
