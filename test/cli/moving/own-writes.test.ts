import { expect, test } from 'vitest';
import { makeOwnWrites } from '../../../cli/moving/own-writes.ts';
import type { ApiCall } from '../../../core/adoption/adoption.types.ts';

const clock = { nowMs: () => 0, sleep: () => Promise.resolve() };
const aCall: ApiCall = { api: 'elbv2', operation: 'ModifyTargetGroupAttributes', input: {} };

test('a call that is answered well five times without an effect is not made for ever', async () => {
  const writes = makeOwnWrites({ clock, perform: () => Promise.resolve() });
  const copy = () => writes.perform(aCall, 'copy the attributes');

  for (let times = 0; times < 4; times += 1) await copy();
  expect(writes.withoutEffect('copy the attributes')).toBeNull();
  await copy();
  expect(writes.withoutEffect('copy the attributes')).toMatchObject({
    kind: 'stopped',
    reason: '"copy the attributes" was done 5 times and is still to be done',
  });

  expect(writes.withoutEffect('another')).toBeNull();
  await writes.perform(aCall, 'another');
  expect(writes.withoutEffect('copy the attributes')).toBeNull();
});
