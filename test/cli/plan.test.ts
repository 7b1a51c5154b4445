import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { cutover, example } from './a-terminal.ts';

const SHOP = example('shop');
const directory = aDirectory('plan');

/** The shop's world with one text replaced in one file. */
const worldWith = (name: string, file: string, from: string, to: string): string => {
  const path = join(directory, name);
  cpSync(join(SHOP, '../world'), path, { recursive: true });
  const text = readFileSync(join(path, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(path, file), text.replaceAll(from, to));
  return path;
};

describe('cutover plan', () => {
  test('shows routes, groups, every shift with its time, when blue goes, durations and cost', async () => {
    const { code, out } = await cutover(['plan', SHOP]);

    expect(out).toContain('HTTPS:443 default: now shop-blue 100, shop-green 0');
    expect(out).toContain('HTTPS:443 path /api/*: now shop-blue 100, shop-green 0');
    expect(out).toContain('shop:41');
    expect(out).toContain('shop:1.42.0');
    expect(out.match(/\d\d:\d\d:\d\d +[█░]{20} +\d+ % green/g)).toHaveLength(5);
    expect(out).toMatch(/100 % green, blue kept 30m/);
    expect(out).toMatch(/blue goes +after 1h1\dm/);
    expect(out).toMatch(/takes +\S+ when all is healthy, at most \S+/);
    expect(out).toMatch(/costs +\$0\.\d{4} to \$0\.\d{4}/);
    expect(out).toContain('CAN BE DEPLOYED');
    expect(code).toBe(0);
  });

  test.each([
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('reads a request and a world in %s', async (name, encode) => {
    const world = join(directory, `world ${name}`);
    cpSync(join(SHOP, '../world'), world, { recursive: true });
    for (const file of readdirSync(world).filter((one) => one.endsWith('.json')))
      writeFileSync(join(world, file), encode(readFileSync(join(world, file), 'utf8')));
    const request = join(directory, `request ${name}.json`);
    writeFileSync(request, encode(readFileSync(SHOP, 'utf8')));

    const { code, out } = await cutover(['plan', request, '--world', world]);

    expect(out).toContain('CAN BE DEPLOYED');
    expect(code).toBe(0);
  });

  test.each<[string, string, RegExp[]]>([
    [
      'followWeight',
      'fewer tasks first, those of each shift, and what it saves',
      [/2 of 4 tasks at first/, /10 % green, 2 tasks, bakes 5m/, /less than at full size/],
    ],
    [
      '{"minTasks": 4}',
      'that it saves nothing where all tasks are needed at once',
      [/target group shop-green, 4 tasks/, /10 % green, 4 tasks, bakes 5m/, /as many as at full size/],
    ],
  ])('of a green that grows (%s) shows %s', async (capacity, _what, lines) => {
    const shifts = [
      { greenPct: 10, bake: '5m' },
      { greenPct: 100, bake: '1h' },
    ];
    const asked = capacity.startsWith('{') ? JSON.parse(capacity) : capacity;
    const request = join(directory, 'grows.json');
    const shop = JSON.parse(readFileSync(SHOP, 'utf8'));
    writeFileSync(request, JSON.stringify({ ...shop, analysis: 'off', shifts, capacity: asked }));

    const { out } = await cutover(['plan', request, '--world', join(SHOP, '../world')]);

    for (const line of lines) expect(out.replace(/\s+/g, ' ')).toMatch(line);
  });

  test('a service that is not fit is refused with 3, and each finding says what to do', async () => {
    const world = worldWith('stopped', 'describe-services.json', '"desiredCount": 4,', '"desiredCount": 0,');

    const { code, out } = await cutover(['plan', SHOP, '--world', world]);

    expect(out).toMatch(/error [a-z-]+\n/);
    expect(out).toContain('what to do:');
    expect(out).toContain('REFUSED');
    expect(code).toBe(3);
  });

  test('a world without the files of its alarms and of the new version is not an account without them', async () => {
    const world = worldWith('no-alarms', 'traffic.json', '40', '40');
    rmSync(join(world, 'describe-alarms.json'));
    rmSync(join(world, 'describe-task-definition.shop-42.json'));

    const { code, out, err } = await cutover(['plan', SHOP, '--world', world]);

    const words = err.replace(/\s+/g, ' ');
    expect(words).toContain('alarms: expected a file with shop-users-suffer, found no alarm at all');
    expect(words).toContain('taskDefinition: expected a file with shop:42, found none');
    expect(out).toBe('');
    expect(code).toBe(1);
  });

  test('--json is one object with plan, findings and estimate', async () => {
    const { out } = await cutover(['plan', SHOP, '--json']);

    expect(JSON.parse(out)).toMatchObject({
      type: 'plan',
      plan: { service: 'shop', routes: [{ kind: 'listener' }, { kind: 'rule' }] },
      findings: [],
      estimate: { shortestMs: expect.any(Number), longestMs: expect.any(Number) },
    });
  });

  test.each([
    ['first-deployment', 'none: the first deployment of this service'],
    ['sticky', 'sticky for 15m'],
    ['canary', 'warning large-shift'],
  ])('examples/%s: %s', async (name, message) => {
    const { code, out } = await cutover(['plan', example(name)]);

    expect(out).toContain(message);
    expect(code).toBe(0);
  });
});
