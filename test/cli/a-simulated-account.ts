import type { Sender } from '../../aws/call.ts';
import type { Clients } from '../../aws/clients.ts';
import type { CiCommit } from '../../cli/account/ci-commit.ts';
import type { Host } from '../../cli/account/host.types.ts';
import { commands } from '../../cli/commands.ts';
import { loadCommand } from '../../cli/load-command.ts';
import { main } from '../../cli/main.ts';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import { makeAccountClients } from '../../sim/account.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import type { Behaviour, WorldSeed } from '../../sim/parts.types.ts';
import { makeWorld } from '../../sim/world.ts';
import { aTerminal, example, type Run } from './a-terminal.ts';
import { streamProblems } from './stream-schema.ts';

/** The service of the simulated account, and a deployment of it with two shifts and a short keep-blue window. */
export const SHOP = 'production/shop';
export const DEPLOY = [
  'deploy',
  SHOP,
  '-t',
  'shop:42',
  '--strategy',
  'Canary10Percent5Minutes',
  '--keep-blue',
  '5m',
];

const MINUTE_MS = 60_000;

const STATE_MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover';

const behaviourOf = (version: string): Behaviour => {
  const parsed = parseBehaviour(version);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.behaviour;
};

export const worldOf = (name: string): WorldSeed => {
  const loaded = loadWorld(example(name).replace('request.json', 'world'));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.seed;
};

/** An error of a client, by service and operation; undefined lets the call through. */
type Failing = (service: keyof Clients, operation: string) => Error | undefined;

/** A command that runs in a terminal of its own. */
type Session = {
  run: Run;
  /** As Ctrl-C does. */
  interrupt(): void;
  ended(): boolean;
};

/**
 * An account on virtual time with Cutover installed, and terminals in which people type `cutover ...` at the same
 * time. The command line is the production one; only its clients' answers and its clock are the simulator's.
 */
export const aSimulatedAccount = async (
  options: {
    world?: WorldSeed;
    version?: string;
    identity?: string;
    seed?: number;
    allowedHooks?: Readonly<Record<string, string>>;
    /** What the CI job is about that the commands run in. */
    ciCommits?: CiCommit[];
    /** WatchMoves runs by its schedule, too. */
    moves?: boolean;
  } = {},
) => {
  // Loading takes real time, in which the account's would run on.
  for (const { name } of commands) await loadCommand(name);
  const seed = options.world ?? worldOf('shop');
  const old = new Set(
    seed.services.flatMap(({ taskSets }) => (taskSets ?? []).map(({ taskDefinition }) => taskDefinition)),
  );
  const [healthy, rehearsed] = [behaviourOf('healthy'), behaviourOf(options.version ?? 'healthy')];
  const world = makeWorld(seed, options.seed ?? 1, (arn) => (old.has(arn) ? healthy : rehearsed));
  const orchestrator = installOrchestrator(world, undefined, { moves: options.moves === true });
  const { scheduler } = world.kernel;
  await scheduler.run(() => false, scheduler.nowMs() + 10 * MINUTE_MS);

  let failing: Failing = () => undefined;
  const sent: string[] = [];
  const clients = failable(
    makeAccountClients(world, orchestrator, {
      account: seed.account,
      identity: options.identity ?? 'user/ada',
      stateMachineArn: STATE_MACHINE,
      ...(options.allowedHooks === undefined ? {} : { allowedHooks: options.allowedHooks }),
    }),
    (service, operation) => {
      sent.push(`${service}:${operation}`);
      return failing(service, operation);
    },
  );
  const random = world.kernel.random.fork('terminals');
  const beganMs = scheduler.nowMs();

  const hostFor = (interruption: AbortSignal): Host => ({
    clock: scheduler.clock,
    random: () => random.next(),
    interruption: () => interruption,
    clients: () => clients,
    ciCommits: () => options.ciCommits ?? [],
  });

  const type = (argv: string[], shown: Parameters<typeof aTerminal>[0] = {}): Session => {
    const { terminal, run } = aTerminal(shown);
    const interrupted = new AbortController();
    const session: Session & { code?: number } = {
      run: { ...run, code: -1 },
      interrupt: () => interrupted.abort(new Error('SIGINT')),
      ended: () => session.run.code >= 0,
    };
    session.run = Object.assign(run, { code: -1 });
    main(argv, terminal, hostFor(interrupted.signal)).then((code) => {
      session.run.code = code;
      // A rehearsal's stream has events of the simulated world, which no deployment has.
      if (!argv.includes('--json') || ['report', 'plan', 'rehearse', 'analyse'].includes(argv[0] ?? ''))
        return;
      const problems = streamProblems(session.run.out);
      if (problems.length > 0) throw new Error(`docs/events-stream.schema.json: ${problems.join('; ')}`);
    });
    return session;
  };

  /** Lets virtual time pass until this holds, or for at most so long. */
  const until = (holds: () => boolean, ms = 24 * 60 * MINUTE_MS): Promise<void> =>
    scheduler.run(holds, scheduler.nowMs() + ms);

  return {
    world,
    orchestrator,
    /** Types a command and lets time pass until it has ended. */
    cutover: async (argv: string[], shown: Parameters<typeof aTerminal>[0] = {}): Promise<Run> => {
      const session = type(argv, shown);
      await until(session.ended);
      return session.run;
    },
    type,
    until,
    pass: (ms: number) => until(() => false, ms),
    elapsedMs: () => scheduler.nowMs() - beganMs,
    fail: (next: Failing) => {
      failing = next;
    },
    /** How often the command line has made this call. */
    calls: (service: keyof Clients, operation: string) =>
      sent.filter((call) => call === `${service}:${operation}`).length,
    hostFor,
  };
};

export type SimulatedAccount = Awaited<ReturnType<typeof aSimulatedAccount>>;

const failable = (clients: Clients, failing: Failing): Clients =>
  Object.fromEntries(
    Object.entries(clients).map(([service, client]: [string, Sender]) => [
      service,
      {
        send: async (command: object, options) => {
          const operation = command.constructor.name.replace(/Command$/, '');
          const error = failing(service as keyof Clients, operation);
          if (error !== undefined) throw error;
          return client.send(command, options);
        },
      } satisfies Sender,
    ]),
  ) as Clients;

/** What AWS answers to credentials that have run out. */
export const expiredToken = (): Error =>
  Object.assign(new Error('The security token included in the request is expired'), {
    name: 'ExpiredTokenException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
