import { SECOND_MS } from '../../core/clock.ts';
import { executionLink } from '../../core/console-link.ts';
import { parseDuration } from '../../core/duration.ts';
import type { Account } from '../account/account.ts';
import type { Arguments, OptionSpecs } from '../arguments.ts';
import type { ExitCode } from '../exit-codes.ts';
import { ending, whyLeft } from '../render/ending.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { readChoice, UsageError } from '../usage-error.ts';
import { iso, makeJsonSink, writeEvent } from './json-sink.ts';
import { makeLineSink } from './line-sink.ts';
import { makeLiveSink } from './live-sink.ts';
import type { Watched } from './snapshot.ts';
import { type Stage, stageMeanings, stages } from './stage.ts';
import { type WatchResult, watch } from './watch.ts';

/** Options of every command that watches. */
export const followOptions: OptionSpecs = {
  'wait-until': {
    type: 'string',
    value: 'STAGE',
    help: 'leave at this stage (below); default: done',
    offers: stages,
  },
  timeout: {
    type: 'string',
    value: 'DURATION',
    help: 'stop watching after so long; the deployment continues',
  },
  'when-waiting': {
    type: 'string',
    value: 'leave|stay',
    help: 'what to do while only a person can let it continue; default: stay on a terminal, leave elsewhere',
    offers: ['leave', 'stay'],
  },
  plain: { type: 'boolean', help: 'lines instead of the live view, as for a pipe or a screen reader' },
  json: { type: 'boolean', help: 'one JSON object a line (docs/events-stream.md)' },
};

export const stageSection = {
  title: 'Stages (--wait-until)',
  rows: stages.map((stage) => ({ form: stage, does: stageMeanings[stage] })),
};

export type FollowSettings = {
  until: Stage;
  timeoutMs: number | null;
  leaveWaiting: boolean;
  showing: 'json' | 'lines' | 'live';
};

export const followSettings = (args: Arguments, terminal: Terminal): FollowSettings => {
  const until = readChoice('--wait-until', args.text('wait-until') ?? 'done', stages);
  const waiting = args.text('when-waiting') ?? (terminal.interactive ? 'stay' : 'leave');
  const timeout = args.text('timeout');
  const timeoutMs = timeout === undefined ? null : parseDuration(timeout);
  if (timeout !== undefined && (timeoutMs === null || timeoutMs === 0)) {
    throw new UsageError(`--timeout: expected a duration such as 30m or 2h, found "${timeout}"`);
  }
  const live = terminal.interactive && !args.flag('plain');
  return {
    until,
    timeoutMs,
    leaveWaiting: readChoice('--when-waiting', waiting, ['leave', 'stay']) === 'leave',
    showing: args.flag('json') ? 'json' : live ? 'live' : 'lines',
  };
};

/** A person watches; a log is read later, and an account may have many of them. */
const LIVE_POLL_MS = 5 * SECOND_MS;
const LOG_POLL_MS = 10 * SECOND_MS;

/**
 * Watches a deployment in the way the terminal and the options ask for, and ends the log with what to know and to do.
 */
export const follow = async (
  account: Account,
  watched: Watched,
  target: string,
  settings: FollowSettings,
  terminal: Terminal,
): Promise<ExitCode> => {
  const { showing, until, leaveWaiting, timeoutMs } = settings;
  const sink =
    showing === 'json'
      ? makeJsonSink(terminal)
      : showing === 'live'
        ? makeLiveSink(terminal, target)
        : makeLineSink(terminal);
  const result = await watch(account, watched, sink, {
    until,
    leaveWaiting,
    timeoutMs,
    pollEveryMs: showing === 'live' ? LIVE_POLL_MS : LOG_POLL_MS,
    tickEveryMs: showing === 'live' ? SECOND_MS : null,
  });
  if (showing === 'json') writeEnd(result, watched, target, account.host.clock.nowMs(), terminal);
  else {
    const { width, colour } = terminal;
    const { executionArn } = watched;
    terminal.out(ending(result, { width, paint: makePaint(colour), target, executionArn }));
  }
  return result.code;
};

/** The stream's last line. */
export const writeEnd = (
  result: WatchResult,
  { executionArn }: Watched,
  target: string,
  nowMs: number,
  terminal: Terminal,
): void => {
  const { view, code, kind } = result;
  const link = executionLink(view?.executionArn ?? executionArn);
  const shared = { exitCode: code, consoleUrl: link };
  if (view?.ended != null) {
    const { kind: outcome, reason, endedAtMs } = view.ended;
    const seconds = Math.max(0, endedAtMs - view.startedAtMs) / SECOND_MS;
    const { deploymentId, from, to } = view;
    const about = { deploymentId, from, to, outcome, reason, seconds };
    writeEvent(terminal, 'ended', { at: iso(endedAtMs), ...about, ...shared });
    return;
  }
  writeEvent(terminal, 'left', {
    at: iso(nowMs),
    because: kind,
    reason: whyLeft(result),
    ...shared,
    watch: `cutover watch ${target}`,
    ...(view?.canAbort === false ? {} : { abort: `cutover abort ${target}` }),
  });
};
