import { setTimeout } from 'node:timers/promises';
import { SECOND_MS } from '../core/clock.ts';
import { makeAccountClients } from '../sim/account.ts';
import type { ServedRoute } from '../sim/elbv2/elbv2.ts';
import { installOrchestrator, type Orchestrator } from '../sim/orchestrator.ts';
import type { Behaviour, WorldSeed } from '../sim/parts.types.ts';
import { HOOK_MACHINE_ARN, STATE_MACHINE_ARN } from '../sim/stepfunctions/step-functions.ts';
import { makeWorld, type World } from '../sim/world.ts';
import { type ListenerServer, serveListener } from './balancer/balancer.ts';
import { makeRealProbe } from './balancer/probe.ts';
import { makeTargetsOnline } from './balancer/targets-online.ts';
import { type HandlerProcess, makeHandlerProcess } from './handlers/handler-process.ts';
import { installFunctions } from './hook-functions.ts';
import type { LocalFile } from './local-file.ts';
import { makeLogsClient } from './log-events.ts';
import { ProgramsFailed, problemsOf } from './programs-failed.ts';
import { sendersOf } from './senders.ts';
import { makeServedTraffic, type ServedTraffic } from './served-traffic.ts';
import { type Logs, makeLogs } from './tasks/logs.ts';
import { makeTaskProcesses, type ProgramEnd, type TaskProcesses } from './tasks/task-processes.ts';
import { waitForPort } from './wait-for-port.ts';
import { makeWall } from './wall.ts';
import { answerRequest } from './wire/answer.ts';
import { LOGS_PATH, sendLogs } from './wire/local-paths.ts';
import { listenForClients } from './wire/server.ts';

type LocalOptions = {
  world: WorldSeed;
  programs: LocalFile;
  /** Seconds of the world in one of ours. */
  speed: number;
  /** Of the endpoint; listeners take the ports after it. 0: any free ports. */
  port: number;
  seed: number;
  /** Called when the world cannot continue; what it runs has been ended by then. */
  failed(error: unknown): void;
};

export type LocalWorld = {
  world: World;
  orchestrator: Orchestrator;
  handlers: HandlerProcess;
  tasks: TaskProcesses;
  traffic: ServedTraffic;
  logs: Logs;
  endpoint: string;
  listeners: readonly ListenerServer[];
  /**
   * AWS's APIs cannot be reached for so long, in real time; requests are served as before. Resolves when they are
   * back.
   */
  endpointAway(forMs: number): Promise<void>;
  /** Ends all that runs. */
  close(): Promise<void>;
};

/** From the start of a task's program to RUNNING, in world time: what placing it and pulling its image would take. */
const START_MS = 10 * SECOND_MS;

/** Executions that have ended, and their histories: a world may run for days. */
const MOST_ENDED = 10;

/** Everything else about a version is its program's doing. */
const anyVersion: Behaviour = {
  name: 'a program',
  startMs: START_MS,
  bootMs: 0,
  answersHealthCheck: () => true,
  errorShare: () => 0,
  responseMs: () => 0,
  changesAtMs: [],
};

/** How long the programs of the tasks that a world begins with may take until they listen. */
const BOOT_LIMIT_MS = 20 * SECOND_MS;

/** What every program gets of our environment, and where it finds the world. */
const commonEnvironment = (endpoint: string, region: string): Record<string, string> => ({
  ...Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

const HANDLER_ENVIRONMENT = {
  AWS_LAMBDA_FUNCTION_NAME: 'cutover',
  CUTOVER_TABLE: 'cutover',
  CUTOVER_EVENT_BUS: 'default',
  CUTOVER_HOOK_MACHINE: HOOK_MACHINE_ARN,
};

/** Rejects when the programs do not come up: then nothing is left running. */
export const startLocalWorld = async (options: LocalOptions): Promise<LocalWorld> => {
  const { speed, port, programs } = options;
  const pace = { startMs: Date.now(), speed };
  const wall = makeWall(pace);
  const logs = makeLogs(() => Math.floor(wall.nowMs()));
  let answer: Parameters<typeof listenForClients>[1] = () => Promise.reject(new Error('not yet'));
  const listen = (at: number): ReturnType<typeof listenForClients> =>
    listenForClients(at, (request, id) => answer(request, id), options.failed, {
      own: (url, response) => {
        if (url.pathname !== LOGS_PATH) return false;
        sendLogs(logs, url.searchParams.has('follow'), response);
        return true;
      },
    });
  let server = await listen(port);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const environment = commonEnvironment(endpoint, options.world.region);

  let tasks: TaskProcesses | undefined;
  let traffic: ServedTraffic | undefined;
  const portOf = (address: string): number | undefined => tasks?.portOf(address);
  const world = makeWorld(options.world, options.seed, () => anyVersion, {
    live: {
      wall,
      startMs: pace.startMs,
      probe: (kernel) => makeRealProbe(kernel, portOf),
      taskHost: (kernel) => {
        tasks = makeTaskProcesses({
          kernel,
          programs: programs.programs,
          localFile: programs.path,
          logs,
          environment,
        });
        return tasks.host;
      },
      traffic: (kernel, elbv2) => {
        traffic = makeServedTraffic(kernel, elbv2);
        return traffic;
      },
    },
  });
  if (tasks === undefined || traffic === undefined) throw new Error('the world made no tasks or traffic');
  const { kernel, elbv2 } = world;
  const { dataPlane } = elbv2;
  const handlers = makeHandlerProcess({
    kernel,
    pace,
    environment: { ...environment, ...HANDLER_ENVIRONMENT },
    output: logs.writer({
      group: '/aws/lambda/cutover',
      stream: 'handlers',
      task: 'handlers',
      version: '',
    }),
  });
  const functions = installFunctions(world, { programs: programs.functions, environment, logs });
  const orchestrator = installOrchestrator(world, undefined, {
    lambda: handlers.lambda,
    mostEnded: MOST_ENDED,
    moves: true,
  });
  const { account } = options.world;
  const caller = { account, identity: 'user/you', stateMachineArn: STATE_MACHINE_ARN, pace };
  const clients = makeAccountClients(world, orchestrator, caller);
  const senders = sendersOf(clients, world.eventBridge.client, makeLogsClient(logs));
  answer = (request, id) => {
    const from = handlers.callerOf(request.headers['x-amzn-trace-id']);
    // A process that has died receives nothing any more.
    if (from === 'dead') return new Promise(() => {});
    const serve = () => answerRequest(request, senders, id);
    return from === undefined ? serve() : kernel.runAs(from, serve);
  };

  const online = makeTargetsOnline(dataPlane, portOf);
  const routes = new Map<string, readonly ServedRoute[]>();
  kernel.scheduler.onSettled(() => routes.clear());
  const routesOf = (arn: string): readonly ServedRoute[] => {
    const known = routes.get(arn) ?? dataPlane.routesOf(arn);
    routes.set(arn, known);
    return known;
  };

  const listeners: ListenerServer[] = [];
  let over = false;
  const close = async (): Promise<void> => {
    if (over) return;
    over = true;
    handlers.close();
    tasks?.close();
    functions.close();
    wall.wake();
    await Promise.all([server.close(), online.close(), ...listeners.map((each) => each.close())]);
  };

  try {
    // Until then no health check of the world asks them.
    await programsListen(tasks, logs);
    kernel.scheduler
      .run(() => over)
      .catch(async (error: unknown) => {
        await close();
        options.failed(error);
      });
    for (const [index, listener] of options.world.listeners.entries()) {
      const arn = listener.ListenerArn ?? '';
      const at = port === 0 ? 0 : port + 1 + index;
      const parts = { listener, dataPlane, online, routes: () => routesOf(arn), record: traffic.record };
      listeners.push(await serveListener(at, { ...parts, chance: Math.random }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const endpointAway = async (forMs: number): Promise<void> => {
    await server.close();
    await setTimeout(forMs);
    if (!over) server = await listen(server.port);
  };
  return { world, orchestrator, handlers, tasks, traffic, logs, endpoint, listeners, endpointAway, close };
};

/** The tasks that a world begins with serve from its first moment on. */
const programsListen = async (tasks: TaskProcesses, logs: Logs): Promise<void> => {
  const untilMs = Date.now() + BOOT_LIMIT_MS;
  const anyEnded = (): boolean => tasks.ends().length > 0;
  await tasks.started();
  const silent: ProgramEnd[] = [];
  for (const { port, task, images } of tasks.running()) {
    if (await waitForPort(port, untilMs - Date.now(), anyEnded)) continue;
    const why = `nobody listened on HOST:PORT of its environment within ${BOOT_LIMIT_MS / SECOND_MS} s`;
    silent.push({ task, images, why });
  }
  const ends = anyEnded() ? tasks.ends() : silent;
  if (ends.length > 0) throw new ProgramsFailed(problemsOf(ends, logs.lines()));
};
