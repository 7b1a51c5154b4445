import { expect, test } from 'vitest';
import { type Remembered, reportOfDeployment, type Said } from '../../report/from-deployment.ts';
import { aDecision } from '../core/a-deployment.ts';

const START = Date.UTC(2026, 0, 5, 9);
const at = (minutes: number): number => START + minutes * 60_000;
const decided = aDecision({ kind: 'rollBack' });

const remembered = (said: readonly Said[]): Remembered => ({
  deploymentId: 'shop-1',
  serviceKey: 'production/shop',
  executionArn: 'arn:aws:states:us-east-1:123456789012:execution:cutover:shop-1',
  startedAtMs: START,
  nowMs: at(30),
  ended: { kind: 'rolledBack', reason: 'alarm', endedAtMs: at(20) },
  standing: '',
  request: {},
  plan: null,
  decisions: [
    {
      ...decided,
      evidence: {
        ...decided.evidence,
        observedAtMs: at(5),
        blue: { healthy: 1, wanted: 4 },
        green: { healthy: 4, wanted: 4 },
      },
    },
  ],
  commands: [],
  hooks: [],
  said,
  difference: null,
  traffic: { kind: 'unread', reason: 'nobody asked' },
  end: null,
});

const step = (state: string, minutes: number): Said => ({
  atMs: at(minutes),
  kind: 'step',
  state,
  what: '',
  why: '',
});
const reading = (minutes: number, blue: number, green: number): Said => ({
  atMs: at(minutes),
  kind: 'reading',
  what: '',
  why: '',
  targets: { blue: { healthy: blue, of: 4 }, green: { healthy: green, of: 4 } },
});

test('a rollback that waits for blue shows what it reads of both colours, until green goes', () => {
  const { targets } = reportOfDeployment(
    remembered([
      step('RollBack', 6),
      reading(6, 1, 4),
      step('RollBack', 9),
      reading(9, 3, 4),
      step('RollBack', 12),
      reading(12, 4, 2),
      step('RemoveGreen', 13),
    ]),
  );

  const shown = targets.map(({ atMs, blue, green }) => [
    atMs / 60_000,
    blue?.healthy ?? null,
    green?.healthy ?? null,
  ]);
  expect(shown).toEqual([
    [5, 1, 4],
    [9, 3, 4],
    [12, 4, 2],
    [13, null, null],
  ]);
});

test('of a rollback that an earlier release wrote nothing is shown after the last decision', () => {
  const { targets } = reportOfDeployment(remembered([step('RollBack', 6), step('RemoveGreen', 13)]));

  expect(targets.at(-1)).toEqual({ atMs: 6 * 60_000, blue: null, green: null });
});
