import { readFileSync } from 'node:fs';
import type { RehearsalReport } from '../rehearsal/rehearsal.types.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { loadWorld } from '../sim/load-world.ts';

/**
 * `npm run bench:bakes`: what comparing green with blue costs, by the length of the bakes: dollars by list prices,
 * and how long this machine takes to rehearse it. Two shifts, 10 and 100 percent, with a bake of that length each.
 */

const BAKES = process.argv.includes('--quick') ? ['10m', '6h'] : ['10m', '1h', '6h', '24h', '120h'];

const loaded = loadWorld('examples/shop/world');
if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
const world = loaded.seed;
const request = JSON.parse(readFileSync('examples/shop/request.json', 'utf8'));

type Measured = { report: RehearsalReport; seconds: number };

const measure = async (bake: string, analysis: object): Promise<Measured> => {
  const shifts = [10, 100].map((greenPct) => ({ greenPct, bake }));
  const start = performance.now();
  const report = await rehearse({
    request: { ...request, ...analysis, shifts },
    world,
    version: 'healthy',
    inject: [],
    seed: 1,
  });
  if (report.outcome !== 'succeeded') throw new Error(`expected a success, found ${report.reason}`);
  return { report, seconds: (performance.now() - start) / 1_000 };
};

const cents = (dollars: number): string => (dollars * 100).toFixed(2);

console.log(
  '| two bakes of | compared: cents | of these CloudWatch | DynamoDB | seconds | not compared: cents | seconds |',
);
console.log('|---|---|---|---|---|---|---|');
for (const bake of BAKES) {
  const on = await measure(bake, {});
  const off = await measure(bake, { analysis: 'off' });
  const { total, cloudWatch, dynamoDb } = on.report.costUsd;
  const cells = [
    bake,
    cents(total),
    cents(cloudWatch),
    cents(dynamoDb),
    on.seconds.toFixed(1),
    cents(off.report.costUsd.total),
    off.seconds.toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
