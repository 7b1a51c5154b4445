import { DAY_MS } from '../../core/clock.ts';
import { nameOf, serviceKeyOf } from '../../core/deployment/service-key.ts';
import { DURATION_FORM, parseDuration } from '../../core/duration.ts';
import { type ChainCheck, isUnbroken, verifyChain } from '../../core/history/chain.ts';
import type { StoredEnd } from '../../core/vocabulary/history.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Account, openAccount } from '../account/account.ts';
import { allEnds, type EarlierDeployment, earlierDeployments } from '../account/history.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import { TARGET_USAGE, type Target, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_STUCK, type ExitCode } from '../exit-codes.ts';
import { chainText } from '../render/chain.ts';
import { deploymentRow } from '../render/history.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';

const DEFAULT_LIMIT = 10;
const MOST = 1_000;
/** sha256 in hex. */
const DIGEST = /^[0-9a-f]{64}$/;

export const historyCommand: Command = {
  name: 'history',
  summary: 'list the deployments of a service: what, when, by whom and how they ended; verify the list',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 4, 8],
  options: {
    limit: { type: 'string', short: 'n', value: 'N', help: `at most so many; default: ${DEFAULT_LIMIT}` },
    since: {
      type: 'string',
      value: 'TIME',
      help: 'those that ended in this time: 30d, or since a date: 2026-01-31',
    },
    all: { type: 'boolean', help: 'every deployment, however old' },
    verify: {
      type: 'boolean',
      help: 'read every record and name the first that was changed, removed or inserted',
    },
    digest: {
      type: 'string',
      value: 'HEX',
      help: 'with --verify: a digest from a report, which has to be in the list',
    },
    json: { type: 'boolean', help: 'one JSON object a line and deployment, the newest first' },
    ...targetOptions,
  },
  examples: [
    { line: 'cutover history production/shop -n 3', description: 'the last three' },
    { line: 'cutover history production/shop --since 30d --json', description: 'of a month, for a program' },
    {
      line: 'cutover history production/shop --verify',
      description: 'whether the list is as it was written',
    },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const wanted = readWanted(args, host.clock.nowMs());
    const digest = readDigest(args);
    refuseLess(args);
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    if (args.flag('verify')) return verify(account, target, digest, args.flag('json'), terminal);
    const read: StoredEnd[] = [];
    const found = await earlierDeployments(account, target, { ...wanted, onRead: (one) => read.push(one) });
    if (found.length === 0) await refuseIfNotThere(account, target);
    const changed = isUnbroken(read, sha256)
      ? ''
      : `records of ${target.words} are not as they were written: cutover history ${target.words} --verify\n`;
    if (args.flag('json')) {
      for (const deployment of found) writeEvent(terminal, 'deployment', deploymentJson(deployment));
      terminal.err(changed);
      return EXIT_OK;
    }
    const paint = makePaint(terminal.colour);
    const title =
      found.length === 0 ? `no deployment of ${target.words} found` : `deployments of ${target.words}`;
    const since =
      wanted.sinceMs === undefined ? '' : ` since ${new Date(wanted.sinceMs).toISOString().slice(0, 10)}`;
    terminal.out(`\n  ${paint('bold', title)}${paint('dim', since)}\n\n`);
    for (const deployment of found) terminal.out(`${deploymentRow(deployment, terminal.width, paint)}\n`);
    terminal.err(changed);
    return EXIT_OK;
  },
};

const readWanted = (args: Arguments, nowMs: number): { limit?: number; sinceMs?: number } => {
  const [limit, since] = [args.text('limit'), args.text('since')];
  if (args.flag('all') && limit !== undefined)
    throw new UsageError('expected --all or --limit, found both', { hint: 'leave one of them out' });
  const sinceMs = since === undefined ? {} : { sinceMs: readSince(since, nowMs) };
  // A time bounds the list already.
  if (args.flag('all') || (limit === undefined && since !== undefined)) return sinceMs;
  return { limit: readLimit(limit), ...sinceMs };
};

/** A chain is whole or broken as a whole: less of it shows nothing. */
const refuseLess = (args: Arguments): void => {
  if (!args.flag('verify')) return;
  const given = [
    ...['limit', 'since'].filter((name) => args.text(name) !== undefined),
    ...(args.flag('all') ? ['all'] : []),
  ].map((name) => `--${name}`);
  if (given.length > 0)
    throw new UsageError(`expected --verify alone, found ${given.join(' and ')} beside it`, {
      hint: 'leave it out: --verify reads every record, and which ones are shown is for `cutover history` without it',
    });
};

const readLimit = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new UsageError(`--limit: expected a whole number from 1 to ${MOST}, found "${text}"`);
};

/** A day's beginning in UTC, milliseconds; null for what is no day: Date.parse takes 31 February for 3 March. */
const dayIn = (text: string): number | null => {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms : null;
};

/** A duration before now, or a day's beginning in UTC; milliseconds. */
export const readSince = (text: string, nowMs: number): number => {
  const before = parseDuration(text);
  if (before !== null && before > 0) return nowMs - before;
  const day = dayIn(text);
  // East of Greenwich it may be tomorrow already.
  if (day !== null && day <= nowMs + DAY_MS) return day;
  if (day !== null) throw new UsageError(`--since: expected a time before now, found "${text}"`);
  throw new UsageError(`--since: expected ${DURATION_FORM} or a date such as 2026-01-31, found "${text}"`);
};

const readDigest = (args: Arguments): string | undefined => {
  const digest = args.text('digest');
  if (digest === undefined) return undefined;
  if (!args.flag('verify'))
    throw new UsageError('--digest: expected --verify beside it, found it alone', { hint: 'add --verify' });
  if (DIGEST.test(digest)) return digest;
  throw new UsageError(`--digest: expected 64 hexadecimal digits as a report has them, found "${digest}"`);
};

const verify = async (
  account: Account,
  target: Target,
  digest: string | undefined,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> => {
  const serviceKey = serviceKeyOf(target);
  // The lease first: an end that is written between the two reads is then one more, and none too few.
  const { head } = await account.verbs().leases.read(serviceKey);
  const ends = await allEnds(account, serviceKey);
  const check = withDigest(verifyChain(serviceKey, ends, head ?? null, sha256), ends, digest);
  // A misspelt name has no history that anybody could have changed.
  if (check.kind === 'whole' && check.count === 0) await refuseIfNotThere(account, target);
  if (json) writeEvent(terminal, 'chain', chainJson(serviceKey, check));
  else terminal.out(chainText(target.words, check, terminal.width, makePaint(terminal.colour)));
  return check.kind === 'whole' ? EXIT_OK : EXIT_STUCK;
};

/** A chain that was rewritten as a whole is consistent in itself, but fits no digest that was reported before. */
const withDigest = (
  check: ChainCheck,
  ends: readonly { digest: string }[],
  digest: string | undefined,
): ChainCheck => {
  if (check.kind === 'broken' || digest === undefined || ends.some((end) => end.digest === digest))
    return check;
  return {
    kind: 'broken',
    what: 'changed',
    record: digest,
    deploymentId: null,
    description:
      `none of the ${check.count} ends has this digest, ` +
      'so the one that had it, or one before it, was written anew',
  };
};

const chainJson = (serviceKey: string, check: ChainCheck): Record<string, unknown> => {
  const [cluster, service] = [serviceKey.split('/')[0] ?? '', nameOf(serviceKey)];
  if (check.kind === 'whole')
    return { cluster, service, unchanged: true, count: check.count, last: check.last, broken: null };
  const { what, record, deploymentId, description } = check;
  const broken = { what, record: String(record), deploymentId, description };
  return { cluster, service, unchanged: false, count: null, last: null, broken };
};

/** Also what `status --json` says of the last one. */
export const deploymentJson = (deployment: EarlierDeployment): Record<string, unknown> => {
  const { deploymentId, executionArn, startedAtMs, endedAtMs, from, to, strategy, startedBy, ended, end } =
    deployment;
  return {
    deploymentId,
    executionArn,
    startedAt: iso(startedAtMs),
    endedAt: endedAtMs === null ? null : iso(endedAtMs),
    from,
    to,
    strategy,
    startedBy,
    outcome: ended?.kind ?? null,
    reason: ended?.reason ?? null,
    cause: end?.cause ?? null,
    number: end?.number ?? null,
    digest: end?.digest ?? null,
    previousDigest: end?.previous ?? null,
  };
};
