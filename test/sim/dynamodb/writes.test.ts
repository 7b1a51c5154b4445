import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { aDatabase, type Item, keyed, n, s, TableName } from './a-database.ts';

const put = (Item: Item, more: object = {}) => new PutItemCommand({ TableName, Item, ...more });
const update = (UpdateExpression: string, values: Item = {}, more: object = {}) =>
  new UpdateItemCommand({
    TableName,
    Key: keyed('a'),
    UpdateExpression,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    ...more,
  });

describe('a condition', () => {
  const item = keyed('a', { holder: s('me'), at: n(10), open: { BOOL: true } });
  const values = { ':me': s('me'), ':you': s('you'), ':ten': n(10), ':text10': s('10') };
  test.each([
    ['attribute_exists(holder)', true],
    ['attribute_exists(nobody)', false],
    ['attribute_not_exists(nobody)', true],
    ['attribute_not_exists(holder)', false],
    ['holder = :me', true],
    ['holder = :you', false],
    ['nobody = :me', false],
    ['nobody <> :me', true],
    ['holder <> :me', false],
    ['serial < :ten', false],
    ['#at <= :ten', true],
    ['#at < :ten', false],
    ['#at >= :ten', true],
    ['#at > :ten', false],
    ['#at = :text10', false],
    ['#at < :text10', false],
    [':me = holder', true],
    ['holder = :you OR #at = :ten', true],
    ['holder = :you AND #at = :ten', false],
    ['holder = :me OR holder = :me AND holder = :you', true],
    ['(holder = :me OR holder = :me) AND holder = :you', false],
    ['NOT holder = :you', true],
    ['not (holder = :you or holder = :me)', false],
    ['attribute_not_exists(holder)OR holder=:me', true],
  ])('%s: %s', async (ConditionExpression, holds) => {
    const world = await aDatabase([item]);
    const used = (all: object) =>
      Object.fromEntries(
        Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression)),
      );
    const [names, used_] = [used({ '#at': 'at' }), used(values)];

    const answer = await world.send(
      put(keyed('a', { new: s('x') }), {
        ConditionExpression,
        ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
        ...(Object.keys(used_).length === 0 ? {} : { ExpressionAttributeValues: used_ }),
      }),
    );

    expect(answer.name).toBe(holds ? undefined : 'ConditionalCheckFailedException');
    expect(await world.read()).toEqual(holds ? keyed('a', { new: s('x') }) : item);
  });

  test('is about the item as it is, however recently it was written', async () => {
    const world = await aDatabase();
    const taken = { ConditionExpression: 'attribute_not_exists(pk)' };

    const answers = [await world.send(put(keyed('a'), taken)), await world.send(put(keyed('a'), taken))];

    expect(answers.map((answer) => answer.name)).toEqual([undefined, 'ConditionalCheckFailedException']);
  });
});

describe('an update', () => {
  const before = keyed('a', { count: n(2), list: { L: [s('x')] }, gone: s('g') });
  test.each([
    ['SET made = :v', { ':v': s('v') }, { made: s('v') }],
    ['SET made = count2', {}, 'refers to an attribute that does not exist'],
    ['SET list2 = list2', {}, 'refers to an attribute that does not exist'],
    ['SET gone = :v, made = gone', { ':v': s('v') }, { gone: s('v'), made: s('g') }],
    ['SET gone = if_not_exists(gone, :v)', { ':v': s('v') }, {}],
    ['SET made = if_not_exists(made, :v)', { ':v': s('v') }, { made: s('v') }],
    ['SET #l = list_append(#l, :v)', { ':v': { L: [s('y')] } }, { list: { L: [s('x'), s('y')] } }],
    [
      'SET made = list_append(if_not_exists(made, :none), :v)',
      { ':v': { L: [s('y')] }, ':none': { L: [] } },
      { made: { L: [s('y')] } },
    ],
    ['SET #l = list_append(#l, :v)', { ':v': s('y') }, 'list_append takes lists'],
    ['REMOVE gone, nothing', {}, { gone: undefined }],
    ['ADD total2 :v', { ':v': n(3) }, { total2: n(3) }],
    ['ADD #c :v', { ':v': n(3) }, { count: n(5) }],
    ['ADD gone :v', { ':v': n(3) }, 'incorrect data type'],
    ['SET made = :v REMOVE gone', { ':v': s('v') }, { made: s('v'), gone: undefined }],
  ])('%s', async (expression, values, expected) => {
    const world = await aDatabase([before]);
    const names = Object.fromEntries(
      [
        ['#l', 'list'],
        ['#c', 'count'],
      ].filter(([name]) => expression.includes(name as string)),
    );

    const answer = await world.send(
      update(
        expression,
        values as Item,
        Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names },
      ),
    );

    if (typeof expected === 'string') {
      expect(answer).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(expected),
      });
      expect(await world.read()).toEqual(before);
    } else {
      expect(await world.read()).toEqual(JSON.parse(JSON.stringify({ ...before, ...expected })));
    }
  });

  test('of an item that is not there makes it', async () => {
    const world = await aDatabase();

    const answer = await world.send(update('SET made = :v', { ':v': n(1.5) }, { ReturnValues: 'ALL_NEW' }));

    expect(answer.Attributes).toEqual(keyed('a', { made: n(1.5) }));
    expect(world.database.items()).toEqual([{ pk: 'p', sk: 'a', made: 1.5 }]);
  });
});

describe('what DynamoDB refuses is refused', () => {
  test.each([
    ['a reserved word', 'SET status = :v', { ':v': s('v') }, 'reserved keyword: status'],
    [
      'a reserved word in a function',
      'SET a = if_not_exists(token, :v)',
      { ':v': s('v') },
      'reserved keyword: token',
    ],
    ['a path into a map', 'SET a.b = :v', { ':v': s('v') }, 'sim does not model ".b = :v"'],
    ['arithmetic', 'SET a = a + :v', { ':v': n(1) }, 'token: "+"'],
    ['DELETE', 'DELETE a :v', { ':v': s('v') }, 'token: "DELETE"'],
    ['an undefined value', 'SET a = :w', { ':v': s('v') }, 'attribute value: :w'],
    ['an undefined name', 'SET #x = :v', { ':v': s('v') }, 'attribute name: #x'],
    ['an unused value', 'SET a = :v', { ':v': s('v'), ':w': s('w') }, 'unused in expressions: keys: {:w}'],
    ['two changes of one attribute', 'SET a = :v REMOVE a', { ':v': s('v') }, 'overlap'],
    ['a clause twice', 'SET a = :v SET b = :v', { ':v': s('v') }, 'only be used once'],
    ['a change of the key', 'SET sk = :v', { ':v': s('v') }, 'part of the key'],
    ['an end too early', 'SET a =', {}, 'ends too early'],
    ['nothing to do', '', {}, 'ends too early'],
  ])('%s', async (_what, expression, values, message) => {
    const world = await aDatabase([keyed('a', { a: n(1) })]);

    const answer = await world.send(update(expression, values as Item));

    expect(answer).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
    expect(await world.read()).toEqual(keyed('a', { a: n(1) }));
  });

  test.each([
    ['begins_with(a, :v)', { ':v': s('v') }, 'token: "("'],
    ['a = :v)', { ':v': s('v') }, 'token: ")"'],
    ['a BETWEEN :v AND :v', { ':v': s('v') }, 'token: "BETWEEN"'],
    ['ATTRIBUTE_EXISTS(a)', {}, 'token: "("'],
  ])('the condition %s', async (ConditionExpression, values, message) => {
    const world = await aDatabase();
    const more = Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values };

    const answer = await world.send(put(keyed('a'), { ConditionExpression, ...more }));

    expect(answer).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  test.each([
    ['an empty key', { pk: s('p'), sk: s('') }, 'does not match the schema'],
    ['a number as a key', { pk: n(1), sk: s('a') }, 'does not match the schema'],
    ['a missing key', { pk: s('p') }, 'does not match the schema'],
    ['a number that is none', keyed('a', { a: { N: 'ten' } }), 'cannot be converted to a numeric value'],
    ['an empty value', keyed('a', { a: {} as never }), 'AttributeValue is empty'],
    ['too large an item', keyed('a', { a: s('x'.repeat(400 * 1024)) }), 'maximum allowed size'],
  ])('%s', async (_what, item, message) => {
    const world = await aDatabase();

    const answer = await world.send(put(item as Item));

    expect(answer).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
    expect(world.database.items()).toEqual([]);
  });
});

test('a member or a type that is not modelled is refused by name', async () => {
  const world = await aDatabase();

  expect(await world.send(put(keyed('a'), { ReturnConsumedCapacity: 'TOTAL' }))).toMatchObject({
    message: 'sim does not model PutItem.ReturnConsumedCapacity',
  });
  expect(await world.send(put(keyed('a', { a: { SS: ['x'] } })))).toMatchObject({
    message: "sim does not model DynamoDB's attribute type SS",
  });
});

test('a number comes back in its shortest form', async () => {
  const world = await aDatabase([keyed('a', { a: { N: '01.50' } })]);

  expect((await world.read())?.a).toEqual({ N: '1.5' });
});

test('deleting is conditional and repeatable', async () => {
  const world = await aDatabase([keyed('a', { holder: s('me') })]);
  const remove = (holder: string) =>
    new DeleteItemCommand({
      TableName,
      Key: keyed('a'),
      ConditionExpression: 'attribute_not_exists(pk) OR holder = :h',
      ExpressionAttributeValues: { ':h': s(holder) },
      ReturnValues: 'ALL_OLD',
    });

  expect((await world.send(remove('you'))).name).toBe('ConditionalCheckFailedException');
  expect((await world.send(remove('me'))).Attributes).toEqual(keyed('a', { holder: s('me') }));
  expect(await world.send(remove('me'))).toEqual({});
  expect(await world.read()).toBeUndefined();
});

test('a read that is not consistent may be up to a second old, never older', async () => {
  const seen = new Set<string | undefined>();
  const stale = new GetItemCommand({ TableName, Key: keyed('a') });
  for (let seed = 0; seed < 12; seed += 1) {
    const world = await aDatabase([keyed('a', { v: s('old') })], seed);
    await world.pass(2_000);
    await world.send(put(keyed('a', { v: s('new') })));
    seen.add((await world.send(stale)).Item?.v?.S);

    await world.pass(1_000);
    expect((await world.send(stale)).Item?.v?.S).toBe('new');
  }

  expect([...seen].sort()).toEqual(['new', 'old']);
});
