import { expect, test } from 'vitest';
import { decodeMoveRecord } from '../../../core/adoption/move-record.ts';

const GROUPS = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup';
const record = {
  kind: 'adopt',
  cluster: 'main',
  old: 'shop',
  twin: 'shop-x',
  from: `${GROUPS}/shop/1`,
  to: `${GROUPS}/shop-x-blue/2`,
  routes: [
    {
      arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/1/2',
      kind: 'listener',
      label: 'HTTP:80 default',
    },
  ],
  alarms: [],
};

/** Of no text, although every object has one. */
const withoutText = { toString: 1 };

test('a record that a move writes is read', () => {
  expect(decodeMoveRecord(JSON.stringify(record), 'main/shop')).toEqual(record);
});

test.each<[string, object, string[]]>([
  [
    'a name that is an object',
    { old: withoutText },
    ['old: expected a name', 'old: expected the service of the item, main/shop'],
  ],
  ['another service', { old: 'till' }, ['old: expected the service of the item, main/shop']],
  [
    'a cluster with a slash',
    { cluster: 'main/shop' },
    ['cluster: expected a name', 'old: expected the service of the item, main/shop'],
  ],
  ['one group twice', { to: record.from }, ['to: expected another target group than from']],
  [
    'a rule for a listener',
    { routes: [{ ...record.routes[0], kind: 'rule' }] },
    ['routes: expected 1 to 100, each with arn, kind and label'],
  ],
])('what somebody else wrote into it is refused in our words: %s', (_, changes, problems) => {
  expect(decodeMoveRecord(JSON.stringify({ ...record, ...changes }), 'main/shop')).toEqual({ problems });
});

test('and all of what is no record at all', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"x"'])
    expect(decodeMoveRecord(text, 'main/shop')).toEqual({
      problems: expect.arrayContaining(['kind: expected adopt or leave']),
    });
});
