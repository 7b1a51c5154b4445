import { SECOND_MS } from '../../core/clock.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { isDeploymentError } from '../../core/errors.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { RehearsalOptions, RunningRehearsal } from '../../rehearsal/rehearsal.types.ts';
import { makeAccountClients } from '../../sim/account.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import { type Account, openAccount } from '../account/account.ts';
import { commandId } from '../account/command-id.ts';
import { DEFAULT_INSTALLATION } from '../account/config.ts';
import type { Host } from '../account/host.types.ts';
import type { ExitCode } from '../exit-codes.ts';
import { cell } from '../render/cells.ts';
import type { Terminal } from '../terminal.ts';
import { writeEnd } from '../watch/follow.ts';
import { makeJsonSink } from '../watch/json-sink.ts';
import { makeLineSink } from '../watch/line-sink.ts';
import { makeLiveSink } from '../watch/live-sink.ts';
import type { Entry } from '../watch/timeline.ts';
import { type Sink, type WatchResult, watch } from '../watch/watch.ts';
import { keyCells, paceCells, pressed } from './live-keys.ts';

/** How often the view is drawn and keys are obeyed: often enough that a key seems to act at once. */
const FRAME_MS = 100;

/** As on a terminal over a real account. */
const POLL_MS = 5 * SECOND_MS;

export const DEFAULT_SPEED = 60;
export const SLOWEST = 1;
/** A day in fourteen seconds; faster, nothing is seen any more. */
export const FASTEST = 6_000;

const CALLER = 'user/you';

/** A rehearsal that is watched as a deployment in an account is. */
export type LiveRehearsal = {
  drive: NonNullable<RehearsalOptions['drive']>;
  /** Called with every event of the world, for those that a deployment in an account does not show. */
  onEvent(event: SimEvent): void;
  /** The person has left before the end. */
  left(): boolean;
  /** What watching it ended with, as for a deployment in an account; null when it was left. */
  code(): ExitCode | null;
};

type About = { cluster: string; service: string; account: string; speed: number; json: boolean };

/** What the person at the keyboard has asked for. */
type Wish = { speed: number; stopped: boolean; leaving: AbortController };

/**
 * `cutover watch` itself, over the simulated account and at a pace to follow. On a terminal keys stand for the
 * commands, because nobody can type into this account from another one; in a pipe it is what a CI system's log would
 * have.
 */
export const makeLiveRehearsal = (terminal: Terminal, about: About): LiveRehearsal => {
  const drawn = terminal.interactive && !about.json;
  const wish: Wish = { speed: about.speed, stopped: false, leaving: new AbortController() };
  const besides: Entry[] = [];
  let result: WatchResult | null = null;
  const note = (entry: Entry): void => void besides.push(entry);

  return {
    drive: async (running) => {
      const sink = withBesides(makeSink(terminal, about, wish), besides);
      const session = begin(running, about, wish.leaving.signal, sink, drawn, note);
      const stopListening = terminal.interactive
        ? terminal.keys?.((key) => obey(key, wish, session.type))
        : null;
      try {
        await turn(running, session.ended, sink, wish, drawn ? terminal : null);
      } finally {
        stopListening?.();
        // Left early, nothing turns the clock any more, and the watch would never come to it.
        sink.close();
      }
      result = session.result();
      if (result === null || !about.json) return;
      writeEnd(
        result,
        session.watched,
        `${about.cluster}/${about.service}`,
        running.world.kernel.scheduler.nowMs(),
        terminal,
      );
    },
    onEvent: ({ kind, what, why = '', atMs }) => {
      if (kind === 'fault') note({ type: 'rehearsed', label: 'fault', what, why, atMs });
    },
    code: () => result?.code ?? null,
    left: () => wish.leaving.signal.aborted,
  };
};

const makeSink = (terminal: Terminal, { cluster, service, json }: About, wish: Wish): Sink => {
  if (json) return makeJsonSink(terminal);
  if (!terminal.interactive) return makeLineSink(terminal);
  const foot = () => paceCells(wish.speed, wish.stopped);
  const offer =
    terminal.keys === undefined ? () => [cell('nothing: there is no keyboard here', 'dim')] : keyCells;
  return makeLiveSink(terminal, `${cluster}/${service}`, { foot, offer });
};

/** What the world and the keyboard did since the last poll, among what the poll brings. */
const withBesides = (sink: Sink, besides: Entry[]): Sink => ({
  ...sink,
  show: (view, entries) =>
    sink.show(
      view,
      [...entries, ...besides.splice(0)].sort((a, b) => a.atMs - b.atMs),
    ),
});

/** Starts to watch and to take commands, on virtual time: nothing happens before it is turned. */
const begin = (
  { world, orchestrator, executionArn, deploymentId, over }: RunningRehearsal,
  { cluster, service, account }: About,
  leaving: AbortSignal,
  sink: Sink,
  drawn: boolean,
  note: (entry: Entry) => void,
) => {
  const { scheduler, random } = world.kernel;
  const own = random.fork('terminal');
  const stateMachineArn = executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, '');
  const clients = makeAccountClients(world, orchestrator, { account, identity: CALLER, stateMachineArn });
  const host: Host = {
    clock: scheduler.clock,
    random: () => own.next(),
    interruption: () => leaving,
    clients: () => clients,
  };
  const opened = openAccount(host, { region: undefined, installation: DEFAULT_INSTALLATION });
  const watched = { deploymentId, serviceKey: serviceKeyOf({ cluster, service }), executionArn };
  const failures: unknown[] = [];
  let result: WatchResult | null = null;
  const watchIt = async (): Promise<void> => {
    const options = { until: 'done', leaveWaiting: false, timeoutMs: null, pollEveryMs: POLL_MS } as const;
    result = await watch(await opened, watched, sink, { ...options, tickEveryMs: drawn ? SECOND_MS : null });
  };
  const steer = async (account: Account, kind: CommandKind): Promise<void> => {
    const why = { by: CALLER, reason: 'typed in a rehearsal', id: commandId(host) };
    try {
      await account.verbs().command(kind, { cluster, service }, why);
    } catch (error) {
      if (!isDeploymentError(error)) throw error;
      note({
        type: 'rehearsed',
        label: 'operator',
        what: `${kind} refused`,
        why: error.message,
        atMs: scheduler.nowMs(),
      });
    }
  };
  const kept = (work: Promise<void>): void => void work.catch((error: unknown) => failures.push(error));
  kept(watchIt());
  return {
    type: (kind: CommandKind): void => kept(opened.then((account) => steer(account, kind))),
    ended: (): boolean => failures.length > 0 || leaving.aborted || (over() && result !== null),
    result: (): WatchResult | null => {
      if (failures.length > 0) throw failures[0];
      return result;
    },
    watched,
  };
};

/** Turns virtual time: frame by frame for somebody who watches, else as fast as it goes. */
const turn = async (
  { world, untilMs }: RunningRehearsal,
  ended: () => boolean,
  sink: Sink,
  wish: Wish,
  /** Null: nobody watches. */
  terminal: Terminal | null,
): Promise<void> => {
  const { scheduler } = world.kernel;
  while (!ended() && scheduler.nowMs() < untilMs) {
    const aheadMs = terminal === null ? untilMs : FRAME_MS * wish.speed;
    if (wish.stopped) sink.tick(scheduler.nowMs());
    else await scheduler.run(ended, Math.min(untilMs, scheduler.nowMs() + aheadMs));
    await terminal?.pause(FRAME_MS);
  }
};

const obey = (key: string, wish: Wish, type: (kind: CommandKind) => void): void => {
  const meant = pressed(key);
  if (meant === null) return;
  if (meant.kind === 'command') type(meant.command);
  else if (meant.kind === 'leave') wish.leaving.abort(new Error('left'));
  else if (meant.kind === 'stop') wish.stopped = !wish.stopped;
  else if (meant.kind === 'faster') wish.speed = Math.min(FASTEST, wish.speed * 2);
  else wish.speed = Math.max(SLOWEST, Math.ceil(wish.speed / 2));
};
