import { expect, test } from 'vitest';
import { price } from '../../rehearsal/price.ts';

const nothing = {
  transitions: 0,
  lambdaInvocations: 0,
  lambdaGbSeconds: 0,
  dynamoWrites: 0,
  dynamoReads: 0,
  events: 0,
  metricsRead: 0,
};

test.each([
  [{ transitions: 1_000 }, { stepFunctions: 0.025 }],
  [{ lambdaInvocations: 1_000_000 }, { lambda: 0.2 }],
  [{ lambdaGbSeconds: 1_000 }, { lambda: 0.013333 }],
  [{ dynamoWrites: 1_000_000 }, { dynamoDb: 0.625 }],
  [{ dynamoReads: 1_000_000 }, { dynamoDb: 0.125 }],
  [{ events: 1_000_000 }, { eventBridge: 1 }],
  [{ metricsRead: 1_000 }, { cloudWatch: 0.01 }],
])('%j costs %j', (usage, expected) => {
  const free = { stepFunctions: 0, lambda: 0, dynamoDb: 0, eventBridge: 0, cloudWatch: 0 };
  const [total] = Object.values(expected);

  expect(price({ ...nothing, ...usage })).toEqual({ ...free, ...expected, total });
});

test('a total is rounded once, not the sum of rounded parts', () => {
  const cost = price({ ...nothing, lambdaInvocations: 2, dynamoWrites: 1 });

  expect(cost).toMatchObject({ lambda: 0, dynamoDb: 0.000001, total: 0.000001 });
});
