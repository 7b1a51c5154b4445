import { executionLink } from '../../core/console-link.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import type { Fields } from '../../core/request/read-field.ts';
import type { Difference } from '../../report/document-diff.ts';
import { type Account, openAccount } from '../account/account.ts';
import { type CheckedService, checkService } from '../account/check-service.ts';
import { deployedCommit } from '../account/ci-commit.ts';
import { givenName } from '../account/deployment-name.ts';
import { checkRequest, requestFields, requestOptions } from '../account/deployment-request.ts';
import type { Host } from '../account/host.types.ts';
import { runningDeployment } from '../account/locate.ts';
import {
  CONFIGURED,
  checkImages,
  imagesOf,
  prepareRevision,
  type Revision,
  readImages,
  readWanted,
  registered,
  type WantedRevision,
} from '../account/revision.ts';
import { findNamed, startDeployment } from '../account/start.ts';
import { TARGET_USAGE, type Target, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED, type ExitCode, everyExit } from '../exit-codes.ts';
import { alteredText, diffText } from '../render/diff.ts';
import { makePaint } from '../render/paint.ts';
import { planText } from '../render/plan.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type FollowSettings, follow, followOptions, followSettings, stageSection } from '../watch/follow.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';
import type { Watched } from '../watch/snapshot.ts';

export const deployCommand: Command = {
  name: 'deploy',
  summary: 'deploy a new version of a service, and watch it until it serves or has gone back',
  usage: `${TARGET_USAGE} [options]`,
  exits: everyExit,
  options: {
    image: {
      type: 'string',
      short: 'i',
      multiple: true,
      value: 'NAME=IMAGE',
      help: 'registers a revision of the running task definition with this image, and nothing else changed',
    },
    'task-definition': {
      type: 'string',
      short: 't',
      value: 'FILE|NAME',
      help: 'a JSON file to register, or a family, family:revision or ARN; with --image, what the image goes into',
    },
    ...requestOptions,
    name: {
      type: 'string',
      value: 'NAME',
      help: 'the same name twice is one deployment, for CI jobs that run again',
    },
    'committed-at': {
      type: 'string',
      value: 'TIME',
      help: "when the version's commit was made, for the lead time in `cutover figures`: 2026-01-31T10:00:00Z",
    },
    'dry-run': {
      type: 'boolean',
      help: 'show what would change, the request, and what preflight finds; register and start nothing',
    },
    strict: { type: 'boolean', help: 'with --dry-run: warnings are errors' },
    detach: { type: 'boolean', help: 'start it and leave' },
    ...followOptions,
    ...targetOptions,
  },
  examples: [
    {
      line: 'cutover deploy shop --env production --image web=repo/shop:1.42.0',
      description: 'with cutover.yaml',
    },
    {
      line: 'cutover deploy production/shop -i web=repo/shop:1.42.0 --alarm shop-5xx',
      description: 'without it',
    },
    {
      line: 'cutover deploy shop -t task-definition.json --wait-until shifted',
      description: 'leave when green has everything',
    },
  ],
  sections: [targetSection, stageSection],
  run: async (args, terminal, host) => {
    const settings = followSettings(args, terminal);
    const target = targetOf(args);
    const images = readImages(args.texts('image'));
    const name = givenName(args);
    const { taskDefinition: configured, ...fields } = requestFields(target, args);
    const given = args.text('task-definition');
    const wanted = readWanted(
      namedRevision(given, configured, images.length > 0),
      images,
      given === undefined ? CONFIGURED : '--task-definition',
    );
    checkImages(wanted);
    const commit = commitOf(args, fields, wanted, host);
    Object.assign(fields, commit.fields);
    checkRequest({ ...fields, taskDefinition: 'family' });
    for (const note of [...wanted.notes, ...commit.notes])
      terminal.err(`${hang(`note: ${note}`, 2, terminal.width)}\n`);

    const account = await openAccount(host, target);
    const before = name === undefined ? null : await findNamed(account, target, name, wanted);
    if (before !== null) {
      showStart(before, true, target, account, settings, terminal);
      if (args.flag('detach')) return detach(true, target, settings, terminal);
      return follow(account, before, target.words, settings, terminal);
    }
    const busy = args.flag('dry-run') ? null : await refusedAsBusy(account, target, fields.whenBusy);
    if (busy !== null) return showBusy(busy, settings, terminal);
    const revision = await prepareRevision(account, target, wanted);
    if (args.flag('dry-run')) {
      const candidate =
        revision.kind === 'existing'
          ? { taskDefinition: revision.taskDefinition }
          : { document: revision.document };
      const strict = args.flag('strict');
      const checked = await checkService({ account, installed: true }, target, fields, candidate, strict);
      showDryRun(revision, fields, checked, settings, terminal);
      terminal.out(
        settings.showing === 'json'
          ? ''
          : planText(checked, terminal.width, makePaint(terminal.colour), strict),
      );
      return checked.refused ? EXIT_REFUSED : EXIT_OK;
    }

    const { taskDefinition, altered } = await registered(account, revision);
    showRevision(revision, taskDefinition, altered, settings, terminal);
    // From here on Ctrl-C must not end the process before it has said how to continue.
    host.interruption();
    const started = await startDeployment(
      account,
      target,
      { ...fields, taskDefinition, ...(await startedBy(account)) },
      name,
    );
    showStart(started, false, target, account, settings, terminal);
    if (args.flag('detach')) return detach(false, target, settings, terminal);
    return follow(account, started, target.words, settings, terminal);
  },
};

/** What to deploy: the option, else cutover.yaml's, else with an image the running revision. */
const namedRevision = (given: string | undefined, configured: unknown, withImage: boolean): string | null => {
  if (given !== undefined) return given;
  if (typeof configured === 'string') return configured;
  if (withImage) return null;
  throw new UsageError('expected what to deploy, found neither --image nor --task-definition', {
    hint: '`cutover deploy --help` shows examples',
  });
};

/** When the version's commit was made: as the person says, else as the CI job does whose commit names an image. */
const commitOf = (
  args: Arguments,
  configured: Fields,
  wanted: WantedRevision,
  host: Host,
): { fields: Fields; notes: string[] } => {
  const committedAt = args.text('committed-at');
  if (committedAt !== undefined) return { fields: { committedAt }, notes: [] };
  const commit =
    configured.committedAt === undefined
      ? deployedCommit(host.ciCommits?.() ?? [], imagesOf(wanted))
      : undefined;
  if (commit === undefined) return { fields: {}, notes: [] };
  const { id, at, source } = commit;
  return {
    fields: { committedAt: at },
    notes: [`${id.slice(0, 7)}, which an image's tag names, was committed at ${at} by ${source}`],
  };
};

/** Kept with the deployment; not knowing who it is keeps nobody from deploying. */
const startedBy = async (account: Account): Promise<Fields> => {
  try {
    return { startedBy: await account.verbs().identity() };
  } catch (error) {
    if (isDeploymentError(error)) return {};
    throw error;
  }
};

/** The lease is read before anything is registered; the workflow reads it again. */
const refusedAsBusy = async (account: Account, target: Target, whenBusy: unknown): Promise<string | null> => {
  if (whenBusy === 'queue' || whenBusy === 'supersede') return null;
  const running = await runningDeployment(account, target);
  return running === null
    ? null
    : `${running.serviceKey} is being deployed by ${running.deploymentId}; one deployment at a time may change ` +
        'a service. Wait until it has ended, or give --when-busy queue or supersede; ' +
        `\`cutover watch ${target.words}\` shows it`;
};

const showBusy = (reason: string, { showing }: FollowSettings, terminal: Terminal): ExitCode => {
  if (showing === 'json') writeEvent(terminal, 'left', { because: 'busy', reason, exitCode: EXIT_REFUSED });
  else terminal.err(`${hang(`refused: ${reason}. Nothing was registered.`, 2, terminal.width)}\n`);
  return EXIT_REFUSED;
};

const showRevision = (
  revision: Revision,
  taskDefinition: string,
  altered: Difference[],
  { showing }: FollowSettings,
  terminal: Terminal,
): void => {
  const to = nameOf(taskDefinition);
  if (showing !== 'json') {
    const paint = makePaint(terminal.colour);
    terminal.out(`\n${diffText(revision, to, paint)}\n`);
    terminal.err(alteredText(altered, to, paint));
    return;
  }
  const from = revision.running === null ? null : nameOf(revision.running);
  const { changes } = revision;
  writeEvent(terminal, 'revision', {
    from,
    to,
    registered: revision.kind === 'new',
    changes,
    ...(altered.length === 0 ? {} : { altered }),
  });
};

const showDryRun = (
  revision: Revision,
  fields: Fields,
  { refused, findings }: CheckedService,
  { showing }: FollowSettings,
  terminal: Terminal,
): void => {
  const to = revision.kind === 'existing' ? nameOf(revision.taskDefinition) : 'a new revision';
  const request = { ...fields, taskDefinition: to };
  if (showing === 'json') {
    const from = revision.running === null ? null : nameOf(revision.running);
    const { changes } = revision;
    writeEvent(terminal, 'dryRun', { from, to, registered: false, changes, request, refused, findings });
    return;
  }
  terminal.out(`\n${diffText(revision, to, makePaint(terminal.colour))}\n`);
  terminal.out(`${JSON.stringify(request, null, 2)}\n\nnothing was registered, nothing was started\n`);
};

const showStart = (
  { deploymentId, executionArn }: Watched,
  existed: boolean,
  target: Target,
  account: Account,
  { showing }: FollowSettings,
  terminal: Terminal,
): void => {
  const link = executionLink(executionArn);
  if (showing === 'json') {
    const { cluster, service } = target;
    const about = {
      deploymentId,
      executionArn,
      consoleUrl: link,
      cluster: nameOf(cluster),
      service: nameOf(service),
    };
    writeEvent(terminal, 'started', { at: iso(account.host.clock.nowMs()), existed, ...about });
    return;
  }
  const what = existed ? 'found (it was started before)' : 'started';
  terminal.out(`  deployment ${deploymentId} ${what}\n${link === null ? '' : `  ${link}\n`}\n`);
};

/** One that was found may be on its way back, or be over: `watch` says what still applies. */
const detach = (
  found: boolean,
  { words }: Target,
  { showing }: FollowSettings,
  terminal: Terminal,
): ExitCode => {
  const watch = `cutover watch ${words}`;
  const abort = found ? null : `cutover abort ${words}`;
  if (showing === 'json') {
    const typed = abort === null ? { watch } : { watch, abort };
    writeEvent(terminal, 'left', { because: 'detached', exitCode: EXIT_OK, ...typed });
  } else {
    terminal.out(`  watch      ${watch}\n${abort === null ? '' : `  roll back  ${abort}\n`}\n`);
  }
  return EXIT_OK;
};
