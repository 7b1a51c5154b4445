import { expect, test } from 'vitest';
import { makeListeners } from '../../../sim/kernel/listeners.ts';

test('each hears until it is cancelled, in the order in which they asked', () => {
  const listeners = makeListeners<[what: string]>();
  const heard: string[] = [];
  const first = (what: string): void => void heard.push(`first ${what}`);
  const ends = listeners.add(first);
  listeners.add((what) => heard.push(`second ${what}`));
  listeners.add(first);

  listeners.call('a');
  ends();
  ends();
  listeners.call('b');

  expect(heard).toEqual(['first a', 'second a', 'first a', 'second b', 'first b']);
});

test('one that ends another while they hear spares it the rest', () => {
  const listeners = makeListeners<[]>();
  const heard: string[] = [];
  listeners.add(() => end());
  const end = listeners.add(() => heard.push('ended'));
  listeners.add(() => heard.push('last'));

  listeners.call();

  expect(heard).toEqual(['last']);
});
