import { describe, expect, test } from 'vitest';
import type { MoveKind } from '../../../core/adoption/adoption.types.ts';
import { calledActions } from '../../../core/adoption/rights.ts';
import { originNamed, origins } from '../../../verify/moving/origins.ts';
import { moveRuns, proveMove, undisturbedMove } from '../../../verify/moving/prove-move.ts';
import { proveUnattended, unattendedRuns } from '../../../verify/moving/prove-unattended.ts';

/** A few of some hundred writes, at other places for each origin; moving.verify.ts plays all of them. */
const EVERY = 60;

describe.each(origins.map(({ name }) => name))('a move from %s', (name) => {
  test('ends there and back as it should, also with a fault at some of its writes, and unattended', async () => {
    const { points, problems } = await undisturbedMove(originNamed(name));
    const runs = moveRuns(points.filter(({ write }) => write));
    const found: { problems: string[] }[] = [];
    for (let at = name.length; at < runs.length; at += EVERY) {
      const run = runs[at];
      if (run !== undefined) found.push(await proveMove(originNamed(name), run));
    }

    const alone = unattendedRuns(points);
    for (let at = name.length; at < alone.length; at += EVERY) {
      const run = alone[at];
      if (run !== undefined) found.push(await proveUnattended(originNamed(name), run));
    }

    expect(problems).toEqual([]);
    expect(found.length).toBeGreaterThan(2);
    expect(found.filter((verdict) => verdict.problems.length > 0)).toEqual([]);
  });
});

test.each<MoveKind>(['adopt', 'leave'])(
  'the policy that %s prints has what it calls, and little that no origin needs',
  async (kind) => {
    const called = new Set<string>();
    for (const origin of origins.filter((one) => one.kind === kind))
      for (const action of (await undisturbedMove(origin)).actions) called.add(action);
    // Read for the plan, for why tasks do not start, and for alarms; and what a second way or a later size writes.
    const elsewhere = [
      'cloudwatch:DescribeAlarms',
      'dynamodb:GetItem',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListServiceDeployments',
    ];

    expect([...called].filter((action) => !calledActions(kind).includes(action))).toEqual([]);
    expect(
      calledActions(kind).filter((action) => !called.has(action) && !elsewhere.includes(action)),
    ).toEqual([]);
  },
);
