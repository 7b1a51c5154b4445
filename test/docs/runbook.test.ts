import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { shop, synthesise } from '../infra/synthesised.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);

/** `CutoverAlarmsLeaseStuck1A2B3C4D` -> `LeaseStuck`: what the page that wakes somebody has in its name. */
const alarms = Object.keys(synthesise({ scope: shop }).findResources('AWS::CloudWatch::Alarm')).map((id) =>
  id.replace(/^CutoverAlarms/, '').replace(/[0-9A-F]{8}$/, ''),
);

describe('docs/runbook.md', () => {
  test.each(alarms)('has a section for the alarm %s', (alarm) => {
    expect(headings).toContain(alarm);
  });

  test('has no alarm that nobody raises', () => {
    const listed = /By alarm: ([\s\S]*?)\n- /.exec(runbook)?.[1] ?? '';
    const named = [...listed.matchAll(/\[(\w+)\]/g)].map(([, name]) => name);

    expect(named.toSorted()).toEqual(alarms.toSorted());
  });

  test('names only commands that there are', () => {
    const known = commands.map(({ name }) => name);
    const typed = [...runbook.matchAll(/\bcutover (\w+) "\$CLUSTER\/\$SERVICE"/g)].map(([, name]) => name);

    expect(typed.length).toBeGreaterThan(5);
    expect(typed.filter((name) => name !== undefined && !known.includes(name))).toEqual([]);
  });

  test('sets in its first block what every later command uses, and names no service of its own', () => {
    const [first = '', ...later] = [...runbook.matchAll(/```sh\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const set = [...first.matchAll(/(?:^|\s)([A-Z_]+)=/g)].map(([, name]) => name);
    const local = [...later.join('\n').matchAll(/\bfor ([A-Z_]+) in/g)].map(([, name]) => name);
    const used = [...`${first}${later.join('\n')}${runbook}`.matchAll(/\$([A-Z_]+)/g)].map(
      ([, name]) => name,
    );

    expect(used.length).toBeGreaterThan(20);
    expect([...new Set(used)].filter((name) => ![...set, ...local].includes(name))).toEqual([]);
    expect(later.join('\n')).not.toMatch(/main|shop/);
  });

  test('finds the log of each step that it names, in an account with more functions than a page has', () => {
    const lines = /^LOG_GROUP=[\s\S]*?\[0\]'\)$/m.exec(runbook)?.[0] ?? '';
    const [, steps = ''] = /STEP=(\w+) .*in the alarm's name, or (.*)/.exec(runbook)?.slice(1) ?? [];
    const functions = Object.keys(synthesise({ scope: shop }).findResources('AWS::Lambda::Function'));
    const listed = [...Array.from({ length: 60 }, (_, n) => `Other-${n}`), ...functions].map((id) => ({
      FunctionName: id.startsWith('Other') ? id : `Cutover-${id}-0A1B2C3D4E5F`,
      LoggingConfig: { LogGroup: `/log/${id}` },
    }));
    const logOf = (STEP: string): string =>
      execFileSync('bash', ['-c', `aws() { cat; }\n${lines}\nprintf %s "$LOG_GROUP"`], {
        input: JSON.stringify({ Functions: listed }),
        env: { ...process.env, STACK: 'Cutover', STEP },
        encoding: 'utf8',
      });

    for (const step of ['RollBack', 'RecordOutcome', ...steps.split(', ')])
      expect(logOf(step), step).toMatch(new RegExp(`^/log/Cutover${step}(Handler)?Function`));
  });

  test('asks for no single item of a list as text: the AWS CLI would answer once a page', () => {
    const asText = runbook.split('\n').filter((line) => line.includes('--output text'));

    expect(asText.filter((line) => /\| ?\[0\]|length\(/.test(line))).toEqual([]);
  });

  test('has links that lead somewhere', () => {
    const slugs = headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/ /g, '-'),
    );
    const targets = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, target]) => target);

    expect(targets.filter((target) => target !== undefined && !slugs.includes(target))).toEqual([]);
  });

  test('has lines that a shell can read', () => {
    const blocks = [...runbook.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);

    for (const block of blocks) execFileSync('bash', ['-n'], { input: block });
    expect(blocks.length).toBeGreaterThan(5);
  });
});
