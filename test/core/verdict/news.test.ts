import { expect, test } from 'vitest';
import { newsOfBake, observesAtMs, observesItself, type WatchedBake } from '../../../core/verdict/news.ts';
import type { Evidence } from '../../../core/vocabulary/decision.types.ts';
import type { ObservedAlarm } from '../../../core/vocabulary/observed.types.ts';
import { aPlan, NOW } from '../a-deployment.ts';

const plan = aPlan({
  alarms: {
    names: ['5xx', 'slow'],
    redAtStart: { kind: 'ignoreUntilOk' },
    withoutData: 'ignore',
    ignoredUntilOk: [],
  },
});
const [{ label } = { label: '' }] = plan.routes;
const [{ greenPct } = { greenPct: 0 }] = plan.shifts;
const planned = { blue: 100 - greenPct, green: greenPct };
const other = { blue: 1, green: 99 };

const alarm = (name: string, state: ObservedAlarm['state']): ObservedAlarm => ({
  name,
  kind: 'metric',
  state,
  reason: '',
  updatedAtMs: NOW,
});
const alarms = (first: ObservedAlarm['state'], second: ObservedAlarm['state'] = 'OK') => ({
  alarms: [alarm('5xx', first), alarm('slow', second)],
  missing: [],
});

const evidence: Evidence = {
  observedAtMs: NOW,
  blue: { healthy: 4, wanted: 4 },
  green: { healthy: 4, wanted: 4 },
  alarms: [
    { name: '5xx', state: 'OK' },
    { name: 'slow', state: 'OK' },
  ],
  routes: [{ label, weights: planned }],
  commands: [],
};
const last: { position: number; ignoredUntilOk: string[]; evidence: Evidence } = {
  position: 0,
  ignoredUntilOk: [],
  evidence,
};
const seen: WatchedBake = {
  alarms: alarms('OK'),
  routes: [{ label, weights: planned }],
  green: { healthy: 4, wanted: 4, reasons: [] },
};
const red = { ...evidence, alarms: [{ name: '5xx', state: 'ALARM' }] };
const foreign = { ...evidence, routes: [{ label, weights: other }] };
const none = { ...evidence, routes: [{ label, weights: null }] };
const short = { ...evidence, green: { healthy: 3, wanted: 4 } };

test.each<[string, Partial<typeof last>, Partial<WatchedBake>, RegExp | null]>([
  ['all is as it was', {}, {}, null],
  ['an alarm is red', {}, { alarms: alarms('ALARM') }, /^alarm 5xx is in ALARM/],
  ['the last observation saw it red', { evidence: red }, { alarms: alarms('ALARM') }, null],
  ['a second one is red', { evidence: red }, { alarms: alarms('ALARM', 'ALARM') }, /alarm slow is in ALARM/],
  ['red since the start', { ignoredUntilOk: ['5xx'] }, { alarms: alarms('ALARM') }, null],
  ['red at the start, OK now', { ignoredUntilOk: ['5xx'] }, {}, /^OK for the first time: 5xx$/],
  [
    'one that nobody watches is red',
    {},
    { alarms: { alarms: [alarm('5xx', 'OK'), alarm('slow', 'OK'), alarm('other', 'ALARM')], missing: [] } },
    null,
  ],
  ["green's health could not be read", {}, { green: null }, null],
  ['without data', {}, { alarms: alarms('INSUFFICIENT_DATA') }, null],
  ['weights of somebody else', {}, { routes: [{ label, weights: other }] }, /found 1 % blue, 99 % green$/],
  ['seen before', { evidence: foreign }, { routes: [{ label, weights: other }] }, null],
  ['a rule is gone', {}, { routes: [{ label, weights: null }] }, /found weights that are no split/],
  ['gone before', { evidence: none }, { routes: [{ label, weights: null }] }, null],
  [
    'foreign again after it was gone',
    { evidence: none },
    { routes: [{ label, weights: other }] },
    /99 % green/,
  ],
  ['back to the plan', { evidence: foreign }, {}, null],
  [
    'green is short',
    {},
    { green: { healthy: 3, wanted: 4, reasons: [] } },
    /^green has 3 of 4 targets healthy$/,
  ],
  ['it was short before', { evidence: short }, { green: { healthy: 3, wanted: 4, reasons: [] } }, null],
])('%s', (_, changes, reads, expected) => {
  const news = newsOfBake(plan, { ...last, ...changes }, { ...seen, ...reads }, null);

  if (expected === null) expect(news).toBeNull();
  else expect(news).toMatch(expected);
});

test('alarms that cannot be read are no news', () => {
  const { alarms: _, ...unread } = seen;

  expect(newsOfBake(plan, last, unread, null)).toBeNull();
});

test('users who were moved beside the plan are where they should be', () => {
  const moved = { ...seen, routes: [{ label, weights: other }] };

  expect(newsOfBake(plan, last, moved, { weights: other, sinceMs: NOW })).toBeNull();
  // They are back: what was written then is somebody else's now.
  expect(newsOfBake(plan, last, moved, { weights: other, sinceMs: null })).not.toBeNull();
});

test.each([
  [60, 0, true],
  [60, 74_999, true],
  [60, 75_000, false],
  [30, 60_000, false],
  [61, 0, false],
])('next observation after %i s, %i ms later: observes itself %s', (waitSeconds, laterMs, expected) => {
  expect(observesItself({ waitSeconds, evidence }, NOW + laterMs)).toBe(expected);
});

test('the next observation begins when the wait since the last one is over', () => {
  expect(observesAtMs({ waitSeconds: 60, evidence })).toBe(NOW + 60_000);
});
