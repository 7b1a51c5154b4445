import { describe, expect, test } from 'vitest';
import type { StoredDeployment } from '../../aws/store-verbs.ts';
import { heardBy, missedSince } from '../../functions/await-signal.ts';
import { NOW } from '../core/a-deployment.ts';

const stored = (changes: Partial<StoredDeployment> = {}) =>
  ({ lastSignal: null, lastCommandId: null, ...changes }) as StoredDeployment;
const signal = (atMs: number) => ({ atMs, by: 'task stopped' });

describe('what an observation heard of signals', () => {
  test.each([
    ['a record with a command', stored({ lastCommandId: 'c1' }), { atMs: NOW, lastCommandId: 'c1' }],
    ['a record without one', stored(), { atMs: NOW, lastCommandId: null }],
    ['no record, or none that could be read', null, { atMs: NOW }],
  ])('%s', (_what, record, heard) => {
    expect(heardBy(NOW, record)).toEqual(heard);
  });
});

describe('a signal that came before there was a token', () => {
  const heard = heardBy(NOW, stored({ lastCommandId: 'c1', lastSignal: signal(NOW - 1) }));

  test.each<[string, StoredDeployment | null, string | null]>([
    ['none', stored({ lastCommandId: 'c1' }), null],
    ['one that was known', stored({ lastCommandId: 'c1', lastSignal: signal(NOW - 1) }), null],
    [
      'one as the observation began',
      stored({ lastCommandId: 'c1', lastSignal: signal(NOW) }),
      'task stopped',
    ],
    [
      'a command that was sent before it began and written after it had read',
      stored({ lastCommandId: 'c2', lastSignal: signal(NOW - 500) }),
      'task stopped',
    ],
    ['the record cannot be found', null, null],
  ])('%s', (_what, record, by) => {
    expect(missedSince(heard)(record)).toBe(by);
  });

  test('an observation that could not read the record is not repeated for an old command', () => {
    const unread = heardBy(NOW, null);

    expect(missedSince(unread)(stored({ lastCommandId: 'c1', lastSignal: signal(NOW - 1) }))).toBeNull();
    expect(missedSince(unread)(stored({ lastCommandId: 'c1', lastSignal: signal(NOW + 1) }))).toBe(
      'task stopped',
    );
  });
});
