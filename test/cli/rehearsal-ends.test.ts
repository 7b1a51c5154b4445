import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rehearse } from '../../rehearsal/rehearse.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { aDirectory } from '../a-directory.ts';
import { renamed } from '../rehearsal/worlds/changed.ts';
import { cutover, example } from './a-terminal.ts';

const directory = aDirectory('rehearsal-ends');
const world = example('shop').replace('request.json', 'world');

const aRequest = (name: string, fields: object = {}): string => {
  const path = join(directory, `${name}.json`);
  const shifts = [
    { greenPct: 50, bake: '5m' },
    { greenPct: 100, bake: '5m' },
  ];
  writeFileSync(
    path,
    JSON.stringify({
      cluster: 'production',
      service: 'shop',
      taskDefinition: 'shop:42',
      shifts,
      analysis: 'off',
      ...fields,
    }),
  );
  return path;
};

describe('a version that fails and is kept', () => {
  test('is a success with the share that failed, and that no alarm was there', async () => {
    const { out, code } = await cutover(
      ['rehearse', aRequest('unwatched'), '--world', world, '--version', 'errors:20%'],
      { width: 200 },
    );

    expect(out).toMatch(/SUCCEEDED, but [\d.]+ % of the requests failed, and no alarm was there to see it/);
    expect(code).toBe(0);
  });

  test('ends with 4 above a share that is given', async () => {
    const argv = [
      'rehearse',
      aRequest('bounded'),
      '--world',
      world,
      '--version',
      'errors:20%',
      '--fail-above',
    ];

    const above = await cutover([...argv, '1%'], { width: 400 });
    expect(above.code).toBe(4);
    expect(above.out).toMatch(/again +npx cutover rehearse .* --fail-above '?1%'? --seed 1$/m);
    expect((await cutover([...argv, '50%'])).code).toBe(0);
    expect((await cutover([...argv, 'much'])).err).toContain('--fail-above: expected a share such as 0.5%');
  });

  test('a healthy one is a success and nothing else', async () => {
    const { out } = await cutover(['rehearse', aRequest('healthy'), '--world', world]);

    expect(out).toMatch(/ {2}SUCCEEDED\n/);
  });
});

test('an abort ends with 5, live or not', async () => {
  const argv = ['rehearse', aRequest('aborted'), '--world', world, '--inject', 'abort@shift:1'];

  expect((await cutover(argv)).code).toBe(5);
  expect((await cutover([...argv, '--live', '--speed', '3600'])).code).toBe(5);
});

describe('a service whose ARN has no cluster in it is deployed like one with a cluster in it', () => {
  test.each([
    { inject: [] },
    { inject: ['foreign-scale:green@shift:1'] },
    { inject: ['foreign-primary:other@shift:1'] },
    { inject: ['foreign-scaling:suspended@shift:1'] },
  ])('to the same end, with $inject', async ({ inject }) => {
    const loaded = loadWorld(world);
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    const ends = await Promise.all(
      [loaded.seed, renamed(loaded.seed, ':service/production/shop', ':service/shop')].map(async (seed) => {
        const report = await rehearse({
          request: {
            cluster: 'production',
            service: 'shop',
            taskDefinition: 'shop:42',
            strategy: 'AllAtOnce',
            keepBlue: '5m',
            analysis: 'off',
          },
          world: seed,
          version: 'healthy',
          inject,
          seed: 1,
        });
        const { outcome, reason, invariantViolations, requests } = report;
        return { outcome, reason, invariantViolations, requests };
      }),
    );
    const [named, old] = ends;

    expect(old).toEqual(named);
    expect(old?.invariantViolations).toEqual([]);
  });
});

test('what only the metrics show of a plan is said above, and counted once', async () => {
  const quiet = join(directory, 'quiet');
  cpSync(world, quiet, { recursive: true });
  const traffic = JSON.parse(readFileSync(join(quiet, 'traffic.json'), 'utf8'));
  writeFileSync(join(quiet, 'traffic.json'), JSON.stringify({ ...traffic, requestsPerSecond: 0.5 }));

  const request = aRequest('quiet', {
    alarms: ['shop-users-suffer'],
    analysis: { onInconclusive: 'rollBack' },
  });
  const { out } = await cutover(['rehearse', request, '--world', quiet], { width: 200 });

  const warnings = 'large-first-shift, large-shift, too-little-traffic';
  expect(out).toMatch(/^ {2}warning too-little-traffic$/m);
  expect(out).toContain(`3 warnings: ${warnings}`);
  expect(out).toMatch(new RegExp(`preflight +0 errors, 3 warnings above: ${warnings}`));
});

describe('an execution that is stopped', () => {
  const stopped = async (when: string) =>
    (await cutover(['rehearse', aRequest('stopped'), '--world', world, '--inject', `stop-execution@${when}`]))
      .out;

  test('while its last Lambda closes the record has ended as the record has it', async () => {
    const out = await stopped('state:RecordOutcome');

    expect(out).toMatch(/^ {2}SUCCEEDED$/m);
    expect(out).not.toContain('BROKEN');
    expect(out).toMatch(/left over +nothing/);
  });

  test('before its first call has changed nothing, which is no broken rule', async () => {
    const out = await stopped('+0s');

    expect(out).toMatch(/^ {2}REFUSED$/m);
    expect(out).toContain('before it had changed anything');
    expect(out).not.toContain('BROKEN');
  });
});
