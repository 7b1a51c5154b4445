import { describe, expect, test } from 'vitest';
import { type Asked, allowedBy } from './iam.ts';
import type { Statement } from './synthesised.ts';

/** The tests of the roles rest on this reading of IAM, so it has a table of its own. */
const statement = (fields: Partial<Statement>): Statement => ({
  Effect: 'Allow',
  Action: 'ecs:UpdateTaskSet',
  Resource: '*',
  ...fields,
});
const asked = (fields: Partial<Asked> = {}): Asked => ({
  action: 'ecs:UpdateTaskSet',
  resource: 'arn:aws:ecs:eu-west-1:111122223333:task-set/shop/web/ecs-svc/1',
  context: { 'ecs:cluster': 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop' },
  ...fields,
});
const taskSets = (path: string) => `arn:aws:ecs:eu-west-1:111122223333:task-set/${path}`;
const inCluster = (pattern: string) => ({ Condition: { ArnLike: { 'ecs:cluster': [pattern] } } });
const ofSources = { 'ForAllValues:StringEquals': { 'events:source': 'cutover' } };

describe('a statement allows', () => {
  test.each<{ what: string; fields: Partial<Statement>; of?: Partial<Asked>; allowed: boolean }>([
    { what: 'its action on its resource', fields: {}, allowed: true },
    { what: 'no other action', fields: { Action: ['ecs:DeleteTaskSet'] }, allowed: false },
    { what: 'what its pattern covers, slashes too', fields: { Resource: taskSets('shop/*') }, allowed: true },
    { what: 'nothing beside its pattern', fields: { Resource: taskSets('sho/*') }, allowed: false },
    { what: 'a dot for a dot only', fields: { Resource: taskSets('shop.web/*') }, allowed: false },
    { what: 'one of several resources', fields: { Resource: ['arn:a', taskSets('*')] }, allowed: true },
    { what: 'no resource across a colon', fields: { Resource: 'arn:aws:*:task-set/*' }, allowed: false },
    { what: 'under its condition', fields: inCluster('arn:aws:ecs:*:*:cluster/shop'), allowed: true },
    { what: 'not under another', fields: inCluster('arn:aws:ecs:*:*:cluster/other'), allowed: false },
    { what: 'not where a colon is in the way', fields: inCluster('arn:*:cluster/shop'), allowed: false },
    {
      what: 'not without the key of its condition',
      fields: inCluster('*'),
      of: { context: {} },
      allowed: false,
    },
    {
      what: 'several values, all of them named',
      fields: { Condition: ofSources },
      of: { context: { 'events:source': ['cutover', 'cutover'] } },
      allowed: true,
    },
    {
      what: 'not one foreign value among several',
      fields: { Condition: ofSources },
      of: { context: { 'events:source': ['cutover', 'other'] } },
      allowed: false,
    },
    { what: 'all values of none', fields: { Condition: ofSources }, of: { context: {} }, allowed: true },
    {
      what: 'not none, where the key must be there',
      fields: { Condition: { ...ofSources, Null: { 'events:source': 'false' } } },
      of: { context: {} },
      allowed: false,
    },
  ])('$what', ({ fields, of, allowed }) => {
    expect(allowedBy([statement(fields)], asked(of)).length > 0).toBe(allowed);
  });

  test('nothing that this reading of IAM does not know', () => {
    expect(() => allowedBy([statement({ Effect: 'Deny' })], asked())).toThrow(/Deny/);
    expect(() => allowedBy([statement({ Condition: { NumericLessThan: { a: '1' } } })], asked())).toThrow(
      /NumericLessThan/,
    );
  });
});
