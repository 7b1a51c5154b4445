import { expect, test } from 'vitest';
import { makeBuckets } from '../../../sim/kernel/buckets.ts';

const aBucket = () => {
  const time = { nowMs: 0 };
  return { time, admit: makeBuckets(() => time.nowMs) };
};

const read = { service: 'elbv2', operation: 'DescribeRules' } as const;

const admitted = (admit: ReturnType<typeof makeBuckets>, calls: number): number =>
  Array.from({ length: calls }, () => admit(read)).filter(Boolean).length;

test('load balancer reads share 40 tokens, and a refused call takes none', () => {
  const { time, admit } = aBucket();

  expect(admitted(admit, 50)).toBe(40);
  expect(admit({ service: 'elbv2', operation: 'DescribeTargetHealth' })).toBe(false);

  time.nowMs = 1_000;
  expect(admitted(admit, 50)).toBe(10);
});

test('a bucket never holds more than its burst', () => {
  const { time, admit } = aBucket();
  admitted(admit, 40);

  time.nowMs = 3_600_000;
  expect(admitted(admit, 100)).toBe(40);
});

test('reads, writes and services have buckets of their own', () => {
  const { admit } = aBucket();
  admitted(admit, 41);

  expect(admit({ service: 'elbv2', operation: 'ModifyRule' })).toBe(true);
  expect(admit({ service: 'cloudwatch', operation: 'DescribeAlarms' })).toBe(true);
});

test('a service without a published or assumed limit is always admitted', () => {
  const { admit } = aBucket();

  const calls = Array.from({ length: 10_000 }, () => admit({ service: 'dynamodb', operation: 'UpdateItem' }));
  expect(calls.every(Boolean)).toBe(true);
});
