import type { ContainerCondition, ContainerDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { type ContainerState, circleOf, maySignal, turnOf } from '../../../local/tasks/start-order.ts';

const state = (changed: Partial<ContainerState> = {}): ContainerState => ({
  status: 'PENDING',
  healthy: false,
  exitCode: undefined,
  late: false,
  ...changed,
});
const waits = (condition: ContainerCondition): ContainerDefinition => ({
  name: 'app',
  dependsOn: [{ containerName: 'side', condition }],
});
const running = state({ status: 'RUNNING' });
const healthy = state({ status: 'RUNNING', healthy: true });
const endedWell = state({ status: 'STOPPED', exitCode: 0 });
const endedBadly = state({ status: 'STOPPED', exitCode: 3 });

test.each<[ContainerCondition, string, ContainerState, 'now' | 'later' | 'never']>([
  ['START', 'is pending', state(), 'later'],
  ['START', 'runs', running, 'now'],
  ['START', 'has ended', endedBadly, 'now'],
  ['COMPLETE', 'runs', running, 'later'],
  ['COMPLETE', 'has ended badly', endedBadly, 'now'],
  ['SUCCESS', 'runs', running, 'later'],
  ['SUCCESS', 'has ended well', endedWell, 'now'],
  ['SUCCESS', 'has ended badly', endedBadly, 'never'],
  ['HEALTHY', 'runs', running, 'later'],
  ['HEALTHY', 'is healthy', healthy, 'now'],
  ['HEALTHY', 'has ended', endedWell, 'never'],
  ['HEALTHY', 'is late', { ...running, late: true }, 'never'],
  ['COMPLETE', 'is late', { ...running, late: true }, 'never'],
])('a container that waits for %s of one that %s starts: %s', (condition, _name, side, turn) => {
  const answered = turnOf(waits(condition), new Map([['side', side]]));

  expect(typeof answered === 'string' ? answered : 'never').toBe(turn);
});

test('why it never starts names what it waited for, and how that ended', () => {
  expect(turnOf(waits('SUCCESS'), new Map([['side', endedBadly]]))).toEqual({
    never: 'container app was not started: side was to reach SUCCESS, and ended with exit code 3',
  });
  expect(turnOf(waits('START'), new Map())).toEqual({
    never: 'container app was not started: it depends on side, which the task does not have',
  });
});

test('one of several dependencies that is still to come is waited for', () => {
  const both = {
    name: 'app',
    dependsOn: ['side', 'other'].map((containerName) => ({ containerName, condition: 'START' as const })),
  };

  expect(
    turnOf(
      both,
      new Map([
        ['side', running],
        ['other', state()],
      ]),
    ),
  ).toBe('later');
});

describe('at the end', () => {
  const containers = [waits('START'), { name: 'side' }];

  test.each([
    ['while the one that depends on it runs', running, false],
    ['when that has ended', endedWell, true],
    ['when that was never started', state(), true],
  ])('a container is signalled %s: %s', (_name, app, may) => {
    const states = new Map([
      ['app', app],
      ['side', running],
    ]);

    expect(maySignal('side', containers, states)).toBe(may);
  });
});

test('containers that wait for each other are named, those beside them are not', () => {
  const on = (name: string, containerName: string): ContainerDefinition => ({
    name,
    dependsOn: [{ containerName, condition: 'START' }],
  });

  expect(circleOf([on('a', 'b'), on('b', 'a'), { name: 'c' }])).toEqual(['a', 'b']);
  expect(circleOf([on('a', 'b'), on('b', 'c'), { name: 'c' }])).toEqual([]);
});
