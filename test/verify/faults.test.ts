import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callFaults } from '../../rehearsal/faults/call-faults.ts';
import { faultHelp, parseFault } from '../../rehearsal/faults/parse-fault.ts';
import { type WorldFaultName, worldFaultNames, worldFaults } from '../../rehearsal/faults/world-faults.ts';
import { modelFaults } from '../../verify/failure-model/faults.ts';
import { proofFaults } from '../../verify/faults/faults.ts';
import { type FaultName, type Players, players } from '../../verify/faults/players.ts';

/** One catalogue: what a row claims, the programs that play faults have to have. */

const rows = Object.entries(players) as [FaultName, Players][];
const namesOf = (faults: readonly { name: string }[]): string[] => faults.map(({ name }) => name);
const nameOf = (played: Players['exhaust']): string[] => (typeof played === 'string' ? [played] : []);

test('every fault of the exhaust that one of the catalogues has is claimed by a row, and every claim is kept', () => {
  const claimed = new Set(rows.flatMap(([, { exhaust }]) => nameOf(exhaust)));
  const besides = [
    'stopped-and-slow',
    'comes-again',
    'foreign-after-the-end',
    'false-events',
    'aborted',
    'many-commands',
    'forged-recovery',
    'closed-by-hand',
    'hooks-misbehave',
    'hook-stopped',
    'hook-writes-weights',
    'hooks-hang',
    'neighbour-writes',
    'moved-once',
    'moved-twice',
    'moved-while-paused',
    'scarce-reads',
    ...['throttled', 'late', 'stall', 'missing', 'partial', 'accuse-a-minute', 'lie'].map(
      (trouble) => `metrics-${trouble}`,
    ),
  ];

  expect([...claimed, ...besides].sort()).toEqual(namesOf(proofFaults).sort());
});

const firstCells = [
  ...readFileSync(new URL('../../verify/README.md', import.meta.url), 'utf8').matchAll(/^\| ([^|]+) \|/gm),
].flatMap(([, cell = '']) => cell.split(', '));

test.each(namesOf(proofFaults))('verify/README.md has a row for %s', (name) => {
  expect(firstCells).toContain(name);
});

test("every fault of the failure model is claimed by a row: the exhaust's, unless the row has another", () => {
  const claimed = new Set(rows.flatMap(([, row]) => nameOf(row.failureModel ?? row.exhaust)));

  expect([...claimed].sort()).toEqual(namesOf(modelFaults).sort());
});

test.each(worldFaultNames)('%s has its own name in its row', (name) => {
  expect(worldFaults[name].name).toBe(name);
});

/** `kill-task:blue|green@WHEN` as what it matches. */
const matches = ({ form }: { form: string }): RegExp => {
  const [what = ''] = form.split(/\[?@WHEN/);
  const pattern = what.replace('BLUE/GREEN', '\\d+/\\d+').replace(/\[(.*?)\]/g, '($1)?');
  return new RegExp(`^${pattern.replace(/blue\|green|[a-z-]+(?:\|[a-z-]+)+/g, '($&)')}$`);
};

test.each(worldFaultNames.filter((name) => name !== 'alarm'))(
  '--inject takes %s, and its help has it',
  (name) => {
    const { inject } = worldFaults[name] as { inject?: string };
    const text = inject ?? name;

    expect(parseFault(`${text}@+1m`)).toMatchObject({
      ok: true,
      fault: { action: { kind: 'world', name: name satisfies WorldFaultName } },
    });
    expect(faultHelp.filter((help) => matches(help).test(text))).toHaveLength(1);
  },
);

test.each(Object.entries(callFaults).filter(([, { inject }]) => inject !== null))(
  '--inject takes %s of one call, and its help has it',
  (fault, { inject }) => {
    expect(parseFault(`${inject}:ecs:CreateTaskSet`)).toMatchObject({
      fault: { action: { kind: 'call', fault } },
    });
    expect(faultHelp.filter(({ form }) => form.startsWith(`${inject}:SERVICE`))).toHaveLength(1);
  },
);
