import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  AFTER_ROLLBACK,
  BEFORE_LAUNCH,
  beforeFirstShift,
  beforeShift,
  whileAt,
} from '../../../core/hooks/due.ts';
import { hookStages } from '../../../core/vocabulary/hooks.types.ts';
import { aPlan } from '../a-deployment.ts';

const plan = aPlan();
const met = [
  ...BEFORE_LAUNCH,
  ...beforeFirstShift(plan),
  beforeShift(plan, 0, 1),
  whileAt(plan, plan.shifts.length - 1),
  AFTER_ROLLBACK,
].map((moment) => moment?.stage);

test.each(hookStages)('a deployment meets the stage %s, and docs/hooks.md says when', (stage) => {
  expect(met).toContain(stage);
  expect(readFileSync('docs/hooks.md', 'utf8')).toMatch(new RegExp(`^\\| \`${stage}\` \\|`, 'm'));
});
