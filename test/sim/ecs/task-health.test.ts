import { expect, test } from 'vitest';
import type { ContainerHealth } from '../../../sim/ecs/ecs.types.ts';
import { checkedHealthOf, healthStatusOf } from '../../../sim/ecs/task-health.ts';
import { aTaskDefinition } from '../../builders/ecs.ts';

const healthCheck = { command: ['CMD', 'check'] };
const states: Record<string, ContainerHealth> = { H: 'HEALTHY', U: 'UNHEALTHY', '?': 'UNKNOWN' };

/** A letter a container: H, U and ? have a check, - has none; in brackets those that are not essential. */
const aTask = (letters: string) => {
  const containers = [...letters.matchAll(/(\()?([HU?-])/g)].map(([, open, letter = ''], at) => ({
    name: `c${at}`,
    letter,
    essential: open === undefined,
  }));
  return {
    hosted: {
      taskDefinition: aTaskDefinition('arn:aws:ecs:eu-west-1:1:task-definition/web:1', 'web', {
        containerDefinitions: containers.map(({ name, letter, essential }) => ({
          name,
          essential,
          ...(letter === '-' ? {} : { healthCheck }),
        })),
      }),
    } as Parameters<typeof healthStatusOf>[0]['hosted'],
    health: new Map(
      containers.flatMap(({ name, letter }) =>
        letter === '-' ? [] : [[name, states[letter] ?? 'UNKNOWN'] as const],
      ),
    ),
  };
};

// The first ten are the examples of the API reference.
test.each([
  ['U?', 'UNHEALTHY', 'UNHEALTHY'],
  ['UH', 'UNHEALTHY', 'UNHEALTHY'],
  ['H?', 'UNKNOWN', 'UNKNOWN'],
  ['HH', 'HEALTHY', 'HEALTHY'],
  ['U??', 'UNHEALTHY', 'UNHEALTHY'],
  ['U?H', 'UNHEALTHY', 'UNHEALTHY'],
  ['UHH', 'UNHEALTHY', 'UNHEALTHY'],
  ['H?H', 'UNKNOWN', 'UNKNOWN'],
  ['H??', 'UNKNOWN', 'UNKNOWN'],
  ['HHH', 'HEALTHY', 'HEALTHY'],
  ['HU', 'UNHEALTHY', 'UNHEALTHY'],
  ['H-', 'UNKNOWN', 'HEALTHY'],
  ['-U', 'UNHEALTHY', 'UNHEALTHY'],
  ['-', 'UNKNOWN', undefined],
  ['H(U)', 'HEALTHY', 'HEALTHY'],
  ['H(?)', 'HEALTHY', 'HEALTHY'],
  ['-(H)', 'UNKNOWN', undefined],
])('containers that are %s: DescribeTasks answers %s, and %s decides', (letters, shown, decides) => {
  const task = aTask(letters);

  expect(healthStatusOf(task)).toBe(shown);
  expect(checkedHealthOf(task)).toBe(decides);
});
