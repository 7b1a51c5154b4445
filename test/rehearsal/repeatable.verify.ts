import { describe, expect, test } from 'vitest';
import { examples, run } from './a-rehearsal.ts';

const bytes = async (...options: Parameters<typeof run>): Promise<string> => {
  const { report, events } = await run(...options);
  return JSON.stringify({ report, events });
};

describe('same seed, same bytes', () => {
  test.each(examples)('%s runs twice to the same events and the same report', async (example) => {
    const options = { example, version: 'errors:20%', inject: ['kill-task:green@shift:1'], seed: 7 };

    const [first, second] = [await bytes(options), await bytes(options)];

    expect(first.length).toBeGreaterThan(1_000);
    expect(second).toBe(first);
  });

  test('two runs at once do not disturb each other', async () => {
    const alone = await bytes({ seed: 3 });

    const together = await Promise.all([bytes({ seed: 3 }), bytes({ seed: 4 })]);

    expect(together[0]).toBe(alone);
  });
});

test('another seed is another run', async () => {
  const runs = await Promise.all([1, 2, 3].map((seed) => run({ seed })));

  const reports = runs.map(({ report: { seed: _, ...report } }) => JSON.stringify(report));

  expect(new Set(reports).size).toBe(3);
});
