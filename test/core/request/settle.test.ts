import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { parseRequest } from '../../../core/request/request.ts';

/** How long a load balancer may still follow the weights it had. */
const parsed = (settle: unknown) =>
  parseRequest({ cluster: 'main', service: 'shop', taskDefinition: 'shop:8', settle });

describe('settle', () => {
  test.each([
    ['30s', 30 * SECOND_MS],
    ['31s', 31 * SECOND_MS],
    ['2m', 2 * MINUTE_MS],
    ['59m59s', HOUR_MS - SECOND_MS],
    ['60m', HOUR_MS],
    ['1h', HOUR_MS],
  ])('of %s is taken as it is', (settle, settleMs) => {
    expect(parsed(settle)).toMatchObject({ ok: true, request: { settleMs } });
  });

  test('that nobody asked for is left to the kind of load balancer', () => {
    const result = parsed(undefined);

    expect(result.ok && 'settleMs' in result.request).toBe(false);
    expect(result.ok).toBe(true);
  });

  test.each([
    ['shorter than weights may take', '29s', '"29s"'],
    ['none at all', '0s', '"0s"'],
    ['longer than any load balancer takes', '1h1s', '"1h1s"'],
    ['of days', '2d', '"2d"'],
  ])('%s names both bounds', (_what, settle, found) => {
    expect(parsed(settle)).toMatchObject({
      ok: false,
      problems: [{ path: 'settle', expected: 'a duration from 30s to 1h', found }],
    });
  });

  test.each([30, 'soon', null, '-30s'])('of %j is no duration', (settle) => {
    expect(parsed(settle)).toMatchObject({
      ok: false,
      problems: [{ path: 'settle', expected: expect.stringMatching(/^a duration such as "30s"/) }],
    });
  });
});
