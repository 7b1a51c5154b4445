import { describe, expect, test } from 'vitest';
import { readTogether } from '../../aws/read-together.ts';
import { DeploymentError, type ErrorName } from '../../core/errors.ts';

type Name = `${'rule' | 'listener'}-${number}`;

/** Answers each name in capitals, and keeps what it was asked for. */
const aShop = (failing: Partial<Record<Name, ErrorName>> = {}, missing: Name[] = []) => {
  const calls: Name[][] = [];
  const check = (names: Name[]): void => {
    calls.push(names);
    for (const name of names) {
      const error = failing[name];
      if (error !== undefined) throw new DeploymentError(error, `could not read ${names.join(', ')}`);
    }
  };
  const read = readTogether<Name, string>({
    keyOf: (name) => name.replace(/\d+/, ''),
    atMost: 20,
    readOne: async (name) => {
      check([name]);
      return name.toUpperCase();
    },
    readSeveral: async (names) => {
      check(names);
      return names.map((name) => (missing.includes(name) ? undefined : name.toUpperCase()));
    },
  });
  return { calls, read };
};

const rules = (count: number): Name[] => Array.from({ length: count }, (_, index): Name => `rule-${index}`);

describe('reads that are asked for at the same time', () => {
  test('share a call by their kind, and have each their own answer', async () => {
    const { calls, read } = aShop();

    const answers = await Promise.all([read('rule-1'), read('listener-1'), read('rule-2')]);

    expect(answers).toEqual(['RULE-1', 'LISTENER-1', 'RULE-2']);
    expect(calls).toEqual([['rule-1', 'rule-2'], ['listener-1']]);
  });

  test.each([
    [1, 1],
    [20, 1],
    [21, 2],
    [50, 3],
  ])('%i take %i calls', async (count, expected) => {
    const { calls, read } = aShop();

    const answers = await Promise.all(rules(count).map(read));

    expect(answers).toEqual(rules(count).map((name) => name.toUpperCase()));
    expect(calls).toHaveLength(expected);
  });

  test('what is asked for after an answer is read again: a write is read back', async () => {
    const { calls, read } = aShop();

    await read('rule-1');
    await read('rule-1');

    expect(calls).toEqual([['rule-1'], ['rule-1']]);
  });
});

describe('what a common call does not answer', () => {
  test.each(['NotFound', 'Rejected', 'Conflict'] as const)(
    '%s may be one’s alone: each is read by itself, and only that one fails',
    async (name) => {
      const { read } = aShop({ 'rule-1': name });

      const answers = await Promise.allSettled(rules(3).map(read));

      expect(answers.map((answer) => (answer.status === 'rejected' ? answer.reason : answer.value))).toEqual([
        'RULE-0',
        expect.objectContaining({ name, message: 'could not read rule-1' }),
        'RULE-2',
      ]);
    },
  );

  test.each(['Throttled', 'Unavailable', 'AccessDenied'] as const)(
    '%s is everybody’s, without another call',
    async (name) => {
      const { calls, read } = aShop({ 'rule-1': name });

      const answers = await Promise.allSettled(rules(3).map(read));

      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(calls).toEqual([['rule-0', 'rule-1', 'rule-2']]);
    },
  );

  test('what is missing from the answer is asked for alone, which shows what is wrong with it', async () => {
    const { calls, read } = aShop({}, ['rule-1']);

    expect(await Promise.all(rules(3).map(read))).toEqual(['RULE-0', 'RULE-1', 'RULE-2']);
    expect(calls).toEqual([['rule-0', 'rule-1', 'rule-2'], ['rule-1']]);
  });
});
