import { afterAll, expect } from 'vitest';
import { removeDirectories } from './a-directory.ts';

/**
 * Before and after every test file. Files that run in the same thread share their modules (vitest.config.ts), so each
 * has to leave the thread as it found it: what it changed of the process and did not change back would be the next
 * file's world.
 */
const picture = () => ({
  directory: process.cwd(),
  environment: { ...process.env },
  clock: { setTimeout, setInterval, setImmediate, Date, now: performance.now },
  others: { random: Math.random, fetch, write: process.stdout.write, exitCode: process.exitCode },
});

const before = picture();

afterAll(() => {
  removeDirectories();
  expect(picture(), 'this file left the process changed for the files after it').toEqual(before);
});
