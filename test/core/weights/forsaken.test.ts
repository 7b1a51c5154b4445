import { expect, test } from 'vitest';
import { whyForsaken } from '../../../core/weights/forsaken.ts';

const colour = (healthy: number, registered = healthy, running = registered) => ({
  healthy,
  registered,
  unchecked: false,
  running,
});

test.each<[string, ReturnType<typeof colour>, ReturnType<typeof colour>, boolean]>([
  ['a blue without tasks, and a green that answers', colour(0), colour(1), true],
  ['a blue that no target is left of', colour(0, 0, 2), colour(1), true],
  ['a blue whose tasks have ended, and whose targets are still there', colour(0, 2, 0), colour(1), true],
  ['a blue that only fails its checks', colour(0, 2, 2), colour(1), false],
  ['a blue of which a target is healthy', colour(1, 1, 0), colour(1), false],
  ['a green that answers nobody', colour(0), colour(0, 2), false],
])('users of %s', (_, blue, green, forsaken) => {
  expect(whyForsaken(blue, green) !== null).toBe(forsaken);
});
