import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '../sim/kernel/random.ts';
import { localTargets } from '../verify/fuzz/local-requests.ts';
import type { Target } from '../verify/fuzz/target.types.ts';

/**
 * What damaged requests leave behind in the local world: by how much memory after a collection grows from the second
 * quarter of the requests to the last, beside the bytes that they have, in one run. The first quarter loads modules and
 * fills caches. Usage: node bench/fuzz-memory.ts [BLOCK]
 */

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MEGABYTE = 1_048_576;
const BLOCKS = 12;
/** So many requests a block, of which the account of the fuzz is renewed after each thousand. */
const BLOCK = Number(process.argv[2] ?? 300);
/** Who keeps a request keeps more than its text: headers and a parsed body, too. */
const MOST = 1;

const kept = async (): Promise<number> => {
  // What a request began ends first.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MEGABYTE;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const ratioOf = async ({ name, draw, feed }: Target): Promise<number> => {
  const after: number[] = [];
  let sent = 0;
  for (let block = 0; block < BLOCKS; block += 1) {
    for (let at = 0; at < BLOCK; at += 1) {
      const input = draw(seededRandom(1, `${name}/${block * BLOCK + at}`));
      sent += input.length / MEGABYTE;
      // What it throws is verify:fuzz's to judge.
      await Promise.resolve(feed(input)).catch(() => undefined);
    }
    after.push(await kept());
  }
  const quarter = BLOCKS / 4;
  const [second, last] = [mean(after.slice(quarter, 2 * quarter)), mean(after.slice(-quarter))];
  // Between the middles of the two quarters half of all requests came.
  const ratio = (last - second) / (sent / 2);
  console.log(
    `${name.padEnd(16)} ${String(BLOCKS * BLOCK).padStart(7)}  ${sent.toFixed(1).padStart(7)} MB  ` +
      `${second.toFixed(1).padStart(12)} MB  ${last.toFixed(1).padStart(10)} MB  ${ratio.toFixed(2).padStart(6)}`,
  );
  return ratio;
};

console.log('                requests        sent  second quarter  last quarter   ratio\n');
let worst = 0;
for (const target of localTargets) worst = Math.max(worst, await ratioOf(target));
if (!(worst <= MOST)) {
  console.error(
    `expected at most ${MOST} of a byte kept for each byte that was sent, found ${worst.toFixed(2)}`,
  );
  process.exit(1);
}
process.exit(0);
