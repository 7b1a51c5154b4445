import { DAY_MS } from '../../core/clock.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { endIn, verifyChain } from '../../core/history/chain.ts';
import { type Figures, figuresOf } from '../../core/history/figures.ts';
import type { ChainedEnd } from '../../core/vocabulary/history.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { type Account, openAccount } from '../account/account.ts';
import { DEFAULT_INSTALLATION, regionOption } from '../account/config.ts';
import { allEnds } from '../account/history.ts';
import { refuseIfNotThere } from '../account/not-there.ts';
import { installationOptions } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { type FigureRow, figuresText } from '../render/figures.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';
import { readSince } from './history.ts';

const DEFAULT_DAYS = 30;

/** Services read at the same time. */
const AT_ONCE = 5;

export const figuresCommand: Command = {
  name: 'figures',
  summary: 'how often services are deployed, how many changes fail, and how soon users are off them again',
  usage: '[CLUSTER/SERVICE] [options]',
  exits: [0, 1, 8],
  options: {
    since: {
      type: 'string',
      value: 'TIME',
      help: `the time that counts: 90d, or since a date: 2026-01-31; default: ${DEFAULT_DAYS}d`,
    },
    json: { type: 'boolean', help: 'one JSON object a line and service, the last one for all together' },
    ...installationOptions,
  },
  examples: [
    { line: 'cutover figures', description: 'of every service of the installation, in the last month' },
    { line: 'cutover figures production/shop --since 90d', description: 'of one service' },
  ],
  run: async (args, terminal, host) => {
    const toMs = host.clock.nowMs();
    const since = args.text('since');
    const fromMs = since === undefined ? toMs - DEFAULT_DAYS * DAY_MS : readSince(since, toMs);
    if (fromMs >= toMs) throw new UsageError(`--since: expected a time before now, found "${since}"`);
    const named = args.positionals.length === 0 ? null : namedTargetOf(args, terminal);
    const installation = args.text('installation') ?? DEFAULT_INSTALLATION;
    const account = await openAccount(host, named ?? { region: regionOption(args), installation });
    const services =
      named === null
        ? (await account.verbs().services()).map(({ serviceKey }) => serviceKey).toSorted()
        : [serviceKeyOf(named)];
    const histories = await readAll(account, services);
    const ends = histories.map((history) => history.ends);
    if (named !== null && ends.flat().length === 0) await refuseIfNotThere(account, named);
    const figures = ends.map((one) => figuresOf([one], { fromMs, toMs }));
    const all = services.length === 1 ? null : figuresOf(ends, { fromMs, toMs });
    const rows = services.map((name, at) => ({
      name,
      figures: figures[at] as Figures,
      unchanged: histories[at]?.unchanged === true,
    }));
    print(rows, all, args.flag('json'), terminal);
    return EXIT_OK;
  },
};

type History = {
  ends: ChainedEnd[];
  /** Every record is as it was written; figures of others are what somebody made them. */
  unchanged: boolean;
};

const readHistory = async (account: Account, serviceKey: string): Promise<History> => {
  // The lease first: an end that is written between the two reads is then one more, and none too few.
  const { head } = await account.verbs().leases.read(serviceKey);
  const stored = await allEnds(account, serviceKey);
  return {
    ends: stored.map(endIn).filter((end) => end !== null),
    unchanged: verifyChain(serviceKey, stored, head ?? null, sha256).kind === 'whole',
  };
};

const readAll = async (account: Account, services: readonly string[]): Promise<History[]> => {
  const all: History[] = [];
  for (let at = 0; at < services.length; at += AT_ONCE) {
    const some = services.slice(at, at + AT_ONCE);
    all.push(...(await Promise.all(some.map((one) => readHistory(account, one)))));
  }
  return all;
};

const print = (rows: readonly FigureRow[], all: Figures | null, json: boolean, terminal: Terminal): void => {
  if (json) {
    for (const row of rows)
      writeEvent(terminal, 'figures', figuresJson(row.name, row.figures, row.unchanged));
    if (all !== null)
      writeEvent(
        terminal,
        'figures',
        figuresJson(
          null,
          all,
          rows.every(({ unchanged }) => unchanged),
        ),
      );
  } else if (rows.length === 0) terminal.out('\n  the installation has deployed no service yet\n\n');
  else terminal.out(figuresText(rows, all, terminal.width, makePaint(terminal.colour)));
};

/** @param serviceKey null: of all services together */
const figuresJson = (
  serviceKey: string | null,
  figures: Figures,
  unchanged: boolean,
): Record<string, unknown> => {
  const { fromMs, toMs, perDay, restore, lead, ...counts } = figures;
  const [cluster = null, service = null] = serviceKey?.split('/') ?? [];
  return {
    cluster,
    service,
    from: iso(fromMs),
    to: iso(toMs),
    ...counts,
    perDay: Number(perDay.toFixed(4)),
    restoreSeconds: secondsOf(restore),
    leadSeconds: secondsOf(lead),
    unchanged,
  };
};

const secondsOf = (times: Figures['lead']): Record<string, number> | null =>
  times === null
    ? null
    : {
        known: times.known,
        median: Math.round(times.medianMs / 1_000),
        longest: Math.round(times.longestMs / 1_000),
      };
