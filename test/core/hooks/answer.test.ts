import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/clock.ts';
import { readHookAnswer } from '../../../core/hooks/answer.ts';
import { afterReply, firstAsk } from '../../../core/hooks/next-ask.ts';
import type { HookExecution, HookReply } from '../../../core/vocabulary/hooks.types.ts';
import { NOW } from '../a-deployment.ts';
import { SMOKE_ARN } from './a-hook.ts';

const of = (Payload: unknown): HookReply => ({ Payload });

describe('an answer', () => {
  test.each<[string, HookReply, 'SUCCEEDED' | 'FAILED' | 'again', RegExp]>([
    ['SUCCEEDED', of({ hookStatus: 'SUCCEEDED' }), 'SUCCEEDED', /^it answered SUCCEEDED$/],
    ['with a reason', of({ hookStatus: 'SUCCEEDED', reason: '12 of 12' }), 'SUCCEEDED', /^12 of 12$/],
    ['FAILED', of({ hookStatus: 'FAILED', reason: '/health is 500' }), 'FAILED', /^\/health is 500$/],
    ['in lower case', of({ hookStatus: 'succeeded' }), 'FAILED', /found succeeded$/],
    ['a text', of('SUCCEEDED'), 'FAILED', /found SUCCEEDED$/],
    ['a list', of(['SUCCEEDED']), 'FAILED', /found \["SUCCEEDED"\]$/],
    ['nothing', of(undefined), 'FAILED', /found nothing$/],
    ['null', of(null), 'FAILED', /found null$/],
    ['of an API that was called instead', of({ $metadata: {} }), 'FAILED', /hookStatus/],
    ['IN_PROGRESS', of({ hookStatus: 'IN_PROGRESS' }), 'again', /IN_PROGRESS/],
    [
      'IN_PROGRESS with details that are none',
      of({ hookStatus: 'IN_PROGRESS', hookDetails: 'x' }),
      'FAILED',
      /object/,
    ],
    [
      'IN_PROGRESS with details that are too long',
      of({ hookStatus: 'IN_PROGRESS', hookDetails: { x: 'y'.repeat(40_000) } }),
      'FAILED',
      /32768 characters/,
    ],
    [
      'an exception',
      { Error: 'AssertionError', Cause: '{"errorType":"AssertionError","errorMessage":"no banner"}' },
      'FAILED',
      /^the function failed with AssertionError: no banner$/,
    ],
    ['a cut-off call', { Error: 'States.Timeout', Cause: '' }, 'FAILED', /did not answer in time/],
  ])('%s', (_, reply, expected, reason) => {
    const answer = readHookAnswer(reply);

    expect(answer.kind === 'final' ? answer.status : answer.kind).toBe(expected);
    expect(answer.reason).toMatch(reason);
  });

  test('is kept up to 4 KB', () => {
    const answer = readHookAnswer(of({ hookStatus: 'FAILED', log: 'x'.repeat(100_000) }));

    expect(answer).toMatchObject({
      kind: 'final',
      answer: expect.stringMatching(/^\{"hookStatus":"FAILED"/),
    });
    expect(answer.kind === 'final' && answer.answer?.length).toBe(4_096);
  });
});

const times = { startedAtMs: NOW, deadlineMs: NOW + DAY_MS };
const run: HookExecution = {
  runId: 'run-1',
  name: 'smoke',
  stage: 'POST_SCALE_UP',
  step: 0,
  deploymentId: 'd-1',
  functionArn: SMOKE_ARN,
  ...times,
  ask: firstAsk({ runId: 'run-1', hookDetails: { suite: 'full' } }, times),
};
const askAfter = (reply: HookReply, sinceMs: number) => {
  const next = afterReply(run, reply, NOW + sinceMs);
  if (!('ask' in next)) throw new Error(`expected another call, found ${JSON.stringify(next)}`);
  return next.ask;
};
const progress = (members: object = {}) => of({ hookStatus: 'IN_PROGRESS', ...members });

describe('the next call', () => {
  test.each<[string, object, number, number]>([
    ['comes after 30 s by default', {}, 0, 30],
    ['comes when the function asks for it', { callBackDelay: 90 }, 0, 90],
    ['comes after 5 s at the soonest', { callBackDelay: 0 }, 0, 5],
    ['comes after 5 s for a delay below none', { callBackDelay: -1 }, 0, 5],
    ['comes after 30 s for a delay that is no number', { callBackDelay: '1' }, 0, 30],
    ['comes rarer with time', { callBackDelay: 1 }, 12 * HOUR_MS, 180],
    ['comes at the deadline at the latest', { callBackDelay: 3_600 }, DAY_MS - 10 * MINUTE_MS, 600],
  ])('%s', (_, members, sinceMs, seconds) => {
    expect(askAfter(progress(members), sinceMs).waitSeconds).toBe(seconds);
  });

  test('of a function that asks for it at once comes 1,300 times in a day at most', () => {
    let calls = 0;
    for (let sinceMs = 0; sinceMs < DAY_MS; calls += 1)
      sinceMs += askAfter(progress({ callBackDelay: 0 }), sinceMs).waitSeconds * SECOND_MS;

    expect(calls).toBeLessThan(1_300);
  });

  test('has the details that the function gave, over its own', () => {
    const { event } = askAfter(progress({ hookDetails: { ticket: 7 } }), 0);

    expect(event).toEqual({ runId: 'run-1', hookDetails: { suite: 'full', ticket: 7 } });
  });

  test('is cut off two seconds after the deadline', () => {
    expect(run.ask.timeoutSeconds).toBe(905);
    expect(askAfter(progress({ callBackDelay: 3_600 }), DAY_MS - 10 * MINUTE_MS).timeoutSeconds).toBe(2);
  });
});

describe('at its deadline a run', () => {
  const at = (reply: HookReply) => afterReply(run, reply, NOW + DAY_MS);

  test.each<[string, HookReply, string]>([
    ['that is in progress has timed out', progress(), 'TIMED_OUT'],
    ['whose call was cut off has timed out', { Error: 'States.Timeout', Cause: '' }, 'TIMED_OUT'],
    ['that answers SUCCEEDED to its last call has succeeded', of({ hookStatus: 'SUCCEEDED' }), 'SUCCEEDED'],
    ['that fails has failed', of({ hookStatus: 'FAILED' }), 'FAILED'],
  ])('%s', (_, reply, status) => {
    expect(at(reply)).toMatchObject({ result: { status, endedAtMs: NOW + DAY_MS } });
  });

  test('names the time that it had', () => {
    expect(at(progress())).toMatchObject({ result: { reason: 'it did not succeed within 1d' } });
  });
});
