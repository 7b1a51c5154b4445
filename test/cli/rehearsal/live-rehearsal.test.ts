import { describe, expect, test } from 'vitest';
import { keyOf, pressed } from '../../../cli/rehearsal/live-keys.ts';
import { commandKinds } from '../../../core/vocabulary/command.types.ts';
import { cutover, example } from '../a-terminal.ts';

const SHOP = example('shop');

describe('rehearse --live', () => {
  test.each([
    { argv: ['--speed', '10'], message: 'give --live as well' },
    {
      argv: ['--live', '--speed', 'fast'],
      message: '--speed: expected a whole number from 1 to 6000, found "fast"',
    },
    { argv: ['--live', '--speed', '0'], message: 'found "0"' },
  ])('$argv is refused', async ({ argv, message }) => {
    const { err, code } = await cutover(['rehearse', SHOP, ...argv], { width: 200 });

    expect(err).toContain(message);
    expect(code).toBe(1);
  });
});

test('every command has a key of its own, and none that does something else', () => {
  const keys = commandKinds.map((kind) => keyOf[kind]);

  expect(new Set(keys).size).toBe(keys.length);
  for (const kind of commandKinds) expect(pressed(keyOf[kind])).toEqual({ kind: 'command', command: kind });
  expect(pressed('x')).toBeNull();
});
