import { describe, expect, test } from 'vitest';
import { aSimulatedAccount, DEPLOY, SHOP } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
const WATCHED = [...DEPLOY, '--alarm', 'shop-users-suffer'];

/** The lines of a log's end that offer something to type, without `watch`, which sends nothing. */
const offered = (out: string): string[][] =>
  [...out.matchAll(/^ {2}[a-z][a-z ]* cutover (.+)$/gm)]
    .map(([, line = '']) => line.split(' '))
    .filter(([command]) => command !== 'watch');

/** Seconds after a deployment's start: every three quarters of a minute of it. */
const MOMENTS = Array.from({ length: 24 }, (_, index) => 10 + 45 * index);

describe.each(['healthy', 'errors:20%'])(
  'what is offered to somebody who leaves a deployment of %s',
  (version) => {
    test('is accepted, at every moment, and abort is offered until it would be refused', async () => {
      const refused: string[] = [];
      const withheld: string[] = [];
      let left = 0;
      for (const seconds of MOMENTS) {
        const account = await aSimulatedAccount({ version });
        const { code, out } = await account.cutover([...WATCHED, '--timeout', `${seconds}s`]);
        if (code !== 7) break;
        left += 1;
        const offers = offered(out);
        for (const argv of offers) {
          const answer = await account.cutover(argv);
          if (answer.code !== 0) refused.push(`${seconds} s: ${argv.join(' ')}: ${answer.err}`);
        }
        if (offers.length > 0) continue;
        const abort = await account.cutover(['abort', SHOP]);
        if (abort.code === 0) withheld.push(`${seconds} s`);
      }

      expect(left * 45_000).toBeGreaterThan(4 * MINUTE_MS);
      expect({ refused, withheld }).toEqual({ refused: [], withheld: [] });
    });
  },
);

test('one that is started again with --detach while it rolls back is not offered an abort', async () => {
  const account = await aSimulatedAccount({ version: 'errors:20%' });
  const named = [...WATCHED, '--name', 'release-1'];
  await account.cutover([...named, '--wait-until', 'firstShift']);
  await account.cutover(['abort', SHOP]);

  const { out } = await account.cutover([...named, '--detach']);

  expect(out).toContain(`cutover watch ${SHOP}`);
  expect(out).not.toContain('cutover abort');
});
