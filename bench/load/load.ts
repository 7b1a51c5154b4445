import { fileURLToPath } from 'node:url';
import { SECOND_MS } from '../../core/clock.ts';
import { loadLocalFile, localFileOf } from '../../local/local-file.ts';
import { startLocalWorld } from '../../local/local-world.ts';
import { watchDeployments } from '../../local/watched-deployments.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { benchOptions, WHOLE_NUMBER } from '../options.ts';
import { watchMemory } from './memory.ts';
import { phases } from './phases.ts';
import { play, type Row } from './play.ts';

/**
 * Real requests through deployments on this machine, from a load generator of standard make and from other clients,
 * in processes of their own. Every failure has to have a cause that the scenario itself made, and clients and load
 * balancer have to agree on the number.
 */

const USAGE =
  'node bench/load/load.ts [--speed N] [--rate N] [--connections N] [--requests N] [--scenario N]';
const { values } = benchOptions(USAGE, {
  options: {
    speed: WHOLE_NUMBER,
    /** Of the load generator, a second; 0: as many as go. */
    rate: { expects: 'a whole number from 0', matches: /^\d+$/ },
    connections: WHOLE_NUMBER,
    /** All scenarios are played again until the load generator has sent so many. */
    requests: WHOLE_NUMBER,
    /** One of the scenarios, counted from 1; absent: all. */
    scenario: WHOLE_NUMBER,
  },
});

const given = { speed: '15', rate: '0', connections: '16', requests: '1', ...values };
const chosen =
  given.scenario === undefined ? phases : phases.slice(Number(given.scenario) - 1, Number(given.scenario));
const WORLD = fileURLToPath(new URL('../../examples/shop/world', import.meta.url));
const MEASURED_EVERY_MS = 5 * SECOND_MS;

const [world, programs] = [loadWorld(WORLD), loadLocalFile(localFileOf(WORLD))];
if (!world.ok || !programs.ok) throw new Error('the sample shop cannot be read');
const problems: string[] = [];
const local = await startLocalWorld({
  world: world.seed,
  programs: programs.file,
  speed: Number(given.speed),
  port: 0,
  seed: 1,
  failed: (error) => problems.push(String(error)),
});
watchDeployments({
  seed: world.seed,
  world: local.world,
  orchestrator: local.orchestrator,
  inject: [],
  violated: (message) => problems.push(`VIOLATION ${message}`),
});

const shown = ({ name, sent, good, bad, causes, others }: Row): string => {
  const { single, downloads, webSockets } = others;
  const because = Object.entries(causes).map(([cause, count]) => `${cause} ${count}`);
  const cells = [
    name,
    sent,
    good,
    bad,
    `${single.good} of ${single.sent}`,
    `${downloads.good} of ${downloads.sent}`,
    `${webSockets.good}, ${webSockets.closed.length} cut`,
    because.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
};

console.log(
  '| scenario | sent | 2xx | failed | a connection each | slow downloads | WebSocket messages | the ' +
    'load balancer: each because of |',
);
console.log('|---|---|---|---|---|---|---|---|');
const startedAt = performance.now();
const memory = watchMemory(MEASURED_EVERY_MS);
let sent = 0;
let all = 0;
let failed = 0;
while (sent < Number(given.requests)) {
  for (const phase of chosen) {
    const row = await play(local, phase, given);
    sent += row.sent;
    all += row.sent + row.others.single.sent + row.others.downloads.sent + row.others.webSockets.sent;
    console.log(shown(row));
    for (const problem of row.problems) {
      console.error(`FAILED ${row.name}: ${problem}`);
      failed += 1;
    }
  }
}
const seconds = (performance.now() - startedAt) / SECOND_MS;
const { user, system } = process.cpuUsage();
console.log(
  `\n${sent} requests of the load generator in ${Math.round(seconds)} s (${Math.round(sent / seconds)} ` +
    `a second), ${Math.round((user + system) / all)} us of this process's CPU a request of any client ` +
    '(the world and its load balancer)',
);
console.log(memory(all));
await local.close();
for (const problem of problems) console.error(`FAILED ${problem}`);
process.exit(failed + problems.length > 0 ? 1 : 0);
