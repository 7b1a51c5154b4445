import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeMetrics } from '../../aws/metrics.ts';
import { type OwnMetric, ownMetrics } from '../../core/deployment/own-metrics.ts';

const publish = (counts: Partial<Record<OwnMetric, number>>): unknown[] => {
  const lines: string[] = [];
  makeMetrics(
    (line) => lines.push(line),
    () => 1_700_000_000_000,
    'cutover-table',
  ).publish(counts);
  return lines.map((line) => JSON.parse(line));
};

test('counts are one line in the embedded metric format, under the installation they belong to', () => {
  const lines = publish({ EndedButHeld: 2, LeasesNotSwept: 1 });

  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Cutover',
            Dimensions: [['Table']],
            Metrics: [
              { Name: 'EndedButHeld', Unit: 'Count' },
              { Name: 'LeasesNotSwept', Unit: 'Count' },
            ],
          },
        ],
      },
      Table: 'cutover-table',
      EndedButHeld: 2,
      LeasesNotSwept: 1,
    },
  ]);
});

test('what did not happen is not published, so that it costs nothing', () => {
  expect(publish({ EndedButHeld: 0, LeasesNotSwept: 0 })).toEqual([]);
  expect(publish({ EndedButHeld: 0, LeasesNotSwept: 3 })).toEqual([
    expect.objectContaining({ LeasesNotSwept: 3 }),
  ]);
});

/** What handlers publish by name. */
const FUNCTIONS = new URL('../../functions/', import.meta.url);
const published = readdirSync(FUNCTIONS)
  .flatMap((file) => [
    ...readFileSync(new URL(file, FUNCTIONS), 'utf8').matchAll(/metrics\.publish\((\{[^}]*\})/g),
  ])
  .map(([, counts]) => counts);

test.each(ownMetrics)('%s is published by a handler', (name) => {
  expect(published.filter((counts) => counts?.includes(`${name}:`))).not.toEqual([]);
});
