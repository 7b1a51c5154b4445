import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeMetrics } from '../../aws/metrics.ts';
import { type OwnMetric, ownMetrics } from '../../core/deployment/own-metrics.ts';
import type { EndFacts } from '../../core/vocabulary/history.types.ts';
import { anEnd } from '../core/history/an-end.ts';

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

describe('a deployment that has ended', () => {
  const endLine = (end: Partial<EndFacts>): Record<string, unknown> => {
    const lines: string[] = [];
    makeMetrics(
      (line) => lines.push(line),
      () => 1_700_000_000_000,
      'cutover-table',
    ).publishEnd(anEnd(end));
    expect(lines).toHaveLength(1);
    return JSON.parse(lines[0] ?? '');
  };
  const ofService = (...Metrics: { Name: string; Unit: string }[]) => ({
    Namespace: 'Cutover',
    Dimensions: [['Table', 'Service']],
    Metrics,
  });

  test('is counted for its service, with how long it took', () => {
    expect(endLine({})).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          ofService({ Name: 'Succeeded', Unit: 'Count' }, { Name: 'DeploymentSeconds', Unit: 'Seconds' }),
        ],
      },
      Table: 'cutover-table',
      Service: 'main/shop',
      Succeeded: 1,
      DeploymentSeconds: 1_800,
      deployment_id: 'deploy-4-0123456789',
    });
  });

  test('and rolled back has its cause as a dimension more, and how long users were on its version', () => {
    const rolledBack = endLine({
      outcome: 'rolledBack',
      cause: 'alarm',
      usersAtMs: 1_000,
      restoredAtMs: 241_000,
    });

    expect(rolledBack).toMatchObject({ RolledBack: 1, Cause: 'alarm', RestoreSeconds: 240 });
    expect(rolledBack._aws).toMatchObject({
      CloudWatchMetrics: [
        ofService(
          { Name: 'RolledBack', Unit: 'Count' },
          { Name: 'DeploymentSeconds', Unit: 'Seconds' },
          { Name: 'RestoreSeconds', Unit: 'Seconds' },
        ),
        { Dimensions: [['Table', 'Service', 'Cause']], Metrics: [{ Name: 'RolledBack', Unit: 'Count' }] },
      ],
    });
  });

  test('and was refused took no time', () => {
    const refused = endLine({ outcome: 'refused', usersAtMs: null });

    expect(refused).toMatchObject({ Refused: 1 });
    expect(Object.keys(refused)).not.toContain('DeploymentSeconds');
  });
});

test.each(ownMetrics)('%s is published by a handler', (name) => {
  expect(published.filter((counts) => counts?.includes(`${name}:`))).not.toEqual([]);
});
