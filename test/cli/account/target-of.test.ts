import { describe, expect, test } from 'vitest';
import { namedTargetOf } from '../../../cli/account/target-of.ts';
import { readArguments } from '../../../cli/arguments.ts';
import { commands } from '../../../cli/commands.ts';
import { UsageError } from '../../../cli/usage-error.ts';
import { aTerminal } from '../a-terminal.ts';

const abort = (...argv: string[]) => {
  const options = commands.find(({ name }) => name === 'abort')?.options ?? {};
  const { terminal, run } = aTerminal();
  const read = (): never => {
    throw new UsageError('cutover.yaml is not YAML');
  };
  return { target: () => namedTargetOf(readArguments(argv, options, 'abort'), terminal, read), run };
};

describe('a cutover.yaml that cannot be used', () => {
  test.each([[['main/shop']], [['--cluster', 'main', '--service', 'shop']]])(
    'does not hold up an abort of %s, and is warned of',
    (argv) => {
      const { target, run } = abort(...argv);

      expect(target()).toMatchObject({ cluster: 'main', service: 'shop', fields: {} });
      expect(run.err).toContain('warning: cutover.yaml is not YAML');
    },
  );

  test.each([[['shop', '-e', 'production']], [['main/shop', '--config', 'cutover.yaml']]])(
    'refuses %s, which needs it',
    (argv) => {
      expect(abort(...argv).target).toThrow('cutover.yaml is not YAML');
    },
  );
});
