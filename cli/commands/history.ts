import { openAccount } from '../account/account.ts';
import { type EarlierDeployment, earlierDeployments } from '../account/history.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { deploymentRow } from '../render/history.ts';
import { makePaint } from '../render/paint.ts';
import { UsageError } from '../usage-error.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';

const DEFAULT_LIMIT = 10;
const MOST = 100;

export const historyCommand: Command = {
  name: 'history',
  summary: 'list the last deployments of a service: what, when, by whom and how they ended',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 8],
  options: {
    limit: { type: 'string', short: 'n', value: 'N', help: `at most so many; default: ${DEFAULT_LIMIT}` },
    json: { type: 'boolean', help: 'one JSON object a line and deployment, the newest first' },
    ...targetOptions,
  },
  examples: [{ line: 'cutover history production/shop -n 3', description: 'the last three' }],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const limit = readLimit(args.text('limit'));
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    const { found, readCount } = await earlierDeployments(account, target, limit);
    if (args.flag('json')) {
      for (const deployment of found) writeEvent(terminal, 'deployment', deploymentJson(deployment));
      return EXIT_OK;
    }
    const paint = makePaint(terminal.colour);
    const title =
      found.length === 0 ? `no deployment of ${target.words} found` : `deployments of ${target.words}`;
    const searched =
      found.length < limit ? ` (among the last ${readCount} executions, kept for 90 days)` : '';
    terminal.out(`\n  ${paint('bold', title)}${paint('dim', searched)}\n\n`);
    for (const deployment of found) terminal.out(`${deploymentRow(deployment, terminal.width, paint)}\n`);
    return EXIT_OK;
  },
};

const readLimit = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new UsageError(`--limit: expected a whole number from 1 to ${MOST}, found "${text}"`);
};

/** Also what `status --json` says of the last one. */
export const deploymentJson = (deployment: EarlierDeployment): Record<string, unknown> => {
  const { deploymentId, executionArn, startedAtMs, endedAtMs, from, to, strategy, startedBy, ended } =
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
  };
};
