import { setTimeout } from 'node:timers/promises';
import { SECOND_MS } from '../../core/clock.ts';
import type { LocalWorld } from '../../local/local-world.ts';
import type { Served } from '../../local/served-traffic.ts';
import { startClients } from './clients.ts';
import type { OtherClients } from './clients.types.ts';
import { deploy, versionOf } from './deploy.ts';
import type { Kill, Phase } from './phases.ts';

/** After the last request of a phase the answers of others may still be on their way. */
const QUIET_MS = SECOND_MS;
/** Of the sample shop's target groups. */
const DEREGISTRATION_DELAY_MS = 30 * SECOND_MS;
/** Between a cut and the client's event, and in a killed task between the kill and it. */
const LATE_MS = SECOND_MS;

export type Row = {
  name: string;
  sent: number;
  good: number;
  bad: number;
  /** Of `bad`, as the load balancer counted it. */
  causes: Record<string, number>;
  others: OtherClients;
  problems: string[];
};

/** Since when each version's targets drain, in real milliseconds. */
const watchDrains = (local: LocalWorld) => {
  const since = new Map<string, number>();
  const stop = local.world.kernel.onEvent(({ kind, data }) => {
    if (kind !== 'task' || data?.status !== 'DEACTIVATING') return;
    const version = versionOf(String(data.revision)) ?? '';
    if (!since.has(version)) since.set(version, Date.now());
  });
  return { since, stop };
};

/** The 500s that a version's tasks say they answered, in the lines they end with. */
const ownErrors = (local: LocalWorld, fromMs: number, version: string): number =>
  local.logs
    .lines()
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ line }) => /^shop (\S+) ends: \d+ requests, (\d+) of them/.exec(line))
    .reduce((sum, found) => sum + (found?.[1] === version ? Number(found[2]) : 0), 0);

/** Sockets that the load balancer or a target closed for no reason of the scenario's. */
const closedTooSoon = (
  { webSockets }: OtherClients,
  speed: number,
  drains: ReadonlyMap<string, number>,
  kill: Kill | undefined,
): number =>
  webSockets.closed.filter(({ version, atMs }) => {
    const drained = (drains.get(version) ?? Number.POSITIVE_INFINITY) + DEREGISTRATION_DELAY_MS / speed;
    // The world's clock and the client's are the machine's.
    if (atMs >= drained - 1) return false;
    return kill === undefined || atMs < kill.atMs || atMs > kill.atMs + LATE_MS;
  }).length;

const problemsOf = (
  phase: Phase,
  { bad, others }: Pick<Row, 'bad' | 'others'>,
  failures: readonly Served[],
  kill: Kill | undefined,
  connections: number,
): string[] => {
  const strangers = failures.filter(
    ({ cause, target }) =>
      cause !== phase.cause || (kill !== undefined && !kill.addresses.includes(target ?? '')),
  );
  const clients = bad + others.single.bad + others.downloads.bad;
  return [
    strangers.length === 0
      ? ''
      : `${strangers.length} failed at ${strangers[0]?.target} because of ${strangers[0]?.cause}`,
    // What the generator had sent when it was stopped may be answered for the balancer alone.
    clients <= failures.length && failures.length - clients <= connections
      ? ''
      : `the clients count ${clients} failures (${JSON.stringify(others.reasons)}), the load balancer ` +
        `${failures.length}`,
    others.webSockets.bad === 0 ? '' : `${others.webSockets.bad} WebSocket messages came back changed`,
  ];
};

type Settings = { connections: string; rate: string; speed: string };

/** One scenario under the load of all clients. */
export const play = async (local: LocalWorld, phase: Phase, settings: Settings): Promise<Row> => {
  const failures: Served[] = [];
  const stopCounting = local.traffic.onFailed((served) => failures.push(served));
  const drains = watchDrains(local);
  const fromMs = local.world.kernel.scheduler.nowMs();
  const stop = startClients(local.listeners[0]?.port ?? 0, settings);
  let over = false;
  const disturbed = phase.during?.(local, () => over) ?? Promise.resolve(undefined);
  const ended = phase.version === undefined ? undefined : await deploy(local, phase.version);
  if (phase.version === undefined) await disturbed;
  over = true;
  const kill = await disturbed;
  const { generator, others } = await stop();
  await setTimeout(QUIET_MS);
  stopCounting();
  drains.stop();

  const bad = generator.non2xx + generator.errors + generator.timeouts;
  const causes: Record<string, number> = {};
  for (const { cause = '' } of failures) causes[cause] = (causes[cause] ?? 0) + 1;
  const tooSoon = closedTooSoon(others, Number(settings.speed), drains.since, kill);
  const own =
    phase.cause === 'versionError' ? ownErrors(local, fromMs, phase.version ?? '') : failures.length;
  const problems = [
    ended?.kind === phase.ends ? '' : `ended as ${ended?.kind}: ${ended?.reason}`,
    ...problemsOf(phase, { bad, others }, failures, kill, Number(settings.connections)),
    tooSoon === 0 ? '' : `${tooSoon} WebSockets were closed before their target had drained`,
    own === failures.length ? '' : `the version says it answered ${own} times with 500`,
  ].filter((text) => text !== '');
  const sent = generator['2xx'] + bad;
  return { name: phase.name, sent, good: generator['2xx'], bad, causes, others, problems };
};
