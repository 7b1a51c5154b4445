import type { Clients } from '../../aws/clients.ts';
import { makeMoves } from '../../aws/moves.ts';
import { makeAccountCall } from '../../cli/account/account.ts';
import { moveTarget } from '../../cli/moving/move-target.ts';
import { runMove } from '../../cli/moving/run-move.ts';
import type { MoveEnd } from '../../cli/moving/run-move.types.ts';
import { simulatedHost } from '../../cli/moving/simulated-host.ts';
import { movePlan } from '../../core/adoption/move-plan.ts';
import { moveNames, twinNameOf } from '../../core/adoption/names.ts';
import { DEFAULT_SHARES } from '../../core/adoption/shift-steps.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { CallFault, ApiCall as SimCall } from '../../sim/kernel/call.types.ts';
import { makeLambda } from '../../sim/lambda.ts';
import { makeWorld, type World } from '../../sim/world.ts';
import { eventRules } from '../../statemachine/event-rules.ts';
import { CLUSTER, quickHealthy } from '../stage/small-names.ts';
import type { Origin } from './origins.ts';

/** One process of the command line: how it ended, or that it was killed. */
type ProcessEnd = MoveEnd | { kind: 'died' } | { kind: 'failed'; message: string };

/** A call of a move, counted over all its processes. */
export type SeenCall = { index: number; call: SimCall; goal: string; ok: boolean };

/** What a person meets who moves a service: with users all the time, and processes that can be killed at a call. */
export const movedAccount = (
  origin: Origin,
  seed = 1,
  behaviour = quickHealthy,
  {
    alarmNames = [],
    watched = true,
    bakeMs = 20 * SECOND_MS,
  }: { alarmNames?: readonly string[]; watched?: boolean; bakeMs?: number } = {},
) => {
  const world = makeWorld(origin.world(), seed, () => behaviour);
  const { kernel } = world;
  const { scheduler } = kernel;
  const names = moveNames(CLUSTER, 'shop', twinNameOf('shop'), {
    group: origin.group ?? null,
    cloudMap: origin.cloudMap === true,
  });
  const plan = movePlan(origin.kind, names, {
    shares: DEFAULT_SHARES,
    removeGroups: true,
    nativeRoleArn: origin.nativeRoleArn,
  });
  const clients = {
    ecs: world.ecs.client,
    elbv2: world.elbv2.client,
    cloudWatch: world.cloudWatch.client,
    applicationAutoScaling: world.autoScaling.client,
  } as Clients;
  const host = simulatedHost(world, clients);
  const target = moveTarget(host, undefined, names);

  if (watched) watchMovesIn(world);

  let count = 0;
  let goalNow = '';
  let faultAt: { index: number; fault: CallFault } | null = null;
  const seen: SeenCall[] = [];
  const said: string[] = [];
  kernel.intercept((call) => {
    if (call.by !== 'Move') return undefined;
    const index = count;
    count += 1;
    seen.push({ index, call, goal: goalNow, ok: true });
    return faultAt?.index === index ? faultAt.fault : undefined;
  });

  let dieNow = (): void => undefined;
  let heard = (_line: string): void => undefined;

  /** A process that runs on; how it ended, as soon as it has. */
  const begin = (goal: 'continue' | 'undo' | 'finish'): (() => ProcessEnd | undefined) => {
    goalNow = goal;
    let ended: ProcessEnd | undefined;
    const process = (): void => {
      runMove(
        goal,
        plan,
        {
          clock: scheduler.clock,
          interruption: host.interruption(),
          observe: target.observe,
          perform: target.perform,
          alarms: () => target.alarms(alarmNames),
          alarmNames,
          moves: async () => makeMoves(world.dynamoDb.client, makeAccountCall(host), 'cutover'),
          say: (line) => {
            said.push(`${goal}: ${line}`);
            heard(line);
          },
        },
        { bakeMs, timeoutMs: 20 * MINUTE_MS },
      ).then(
        (end) => {
          ended ??= end;
        },
        (error: Error) => {
          ended ??= { kind: 'failed', message: error.message };
        },
      );
    };
    const die = (): void => {
      ended ??= { kind: 'died' };
    };
    dieNow = die;
    const isOver = (): boolean => ended?.kind === 'died';
    kernel.runAs({ step: 'Move', executionArn: undefined, die, isOver }, process);
    return () => ended;
  };

  const start = async (goal: 'continue' | 'undo' | 'finish'): Promise<ProcessEnd> => {
    const ended = begin(goal);
    await scheduler.run(() => ended() !== undefined, scheduler.nowMs() + 2 * HOUR_MS);
    return ended() ?? { kind: 'failed', message: 'it ran for two hours' };
  };

  return {
    world,
    names,
    plan,
    seen,
    said,
    begin,
    start,
    /** The process that runs ends at once, wherever it is: nothing that it would still do happens. */
    kill: () => dieNow(),
    /** Another hand in the account, as soon as a process of the move says what begins so. */
    whenSaid: (text: string, act: () => void): void => {
      let over = false;
      heard = (line) => {
        if (over || !line.startsWith(text)) return;
        over = true;
        kernel.runAs({ step: 'Somebody', executionArn: undefined, die: () => undefined }, act);
      };
    },
    observe: async () => {
      let answer: Awaited<ReturnType<typeof target.observe>> | undefined;
      target.observe().then((found) => {
        answer = found;
      });
      await scheduler.run(() => answer !== undefined, scheduler.nowMs() + HOUR_MS);
      if (answer === undefined) throw new Error('sim: the observation never came');
      return answer;
    },
    pass: (ms: number) => scheduler.run(() => false, scheduler.nowMs() + ms),
    failAt: (index: number, fault: CallFault) => {
      faultAt = { index, fault };
    },
  };
};

/** The Lambda WatchMoves by its schedule; a move needs nothing else of an installation. */
const watchMovesIn = (world: World): void => {
  const { kernel, connectors } = world;
  const { scheduler } = kernel;
  const lambda = makeLambda(kernel, connectors);
  const again = (): void => {
    lambda.invoke('WatchMoves', {}, { executionArn: undefined }).catch((error: Error) => {
      kernel.emit({ kind: 'log', what: `WatchMoves failed: ${error.message}`, detail: true });
    });
    scheduler.after(eventRules.WatchMoves.everyMs, again);
  };
  scheduler.after(kernel.random.fork('moves').between(0, 60) * SECOND_MS, again);
};

export type MovedAccount = ReturnType<typeof movedAccount>;
