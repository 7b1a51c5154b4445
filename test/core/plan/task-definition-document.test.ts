import { describe, expect, test } from 'vitest';
import { documentIn, registrationOf, withImages } from '../../../core/plan/task-definition-document.ts';
import { differences } from '../../../report/document-diff.ts';

const document = {
  family: 'shop',
  cpu: '512',
  containerDefinitions: [
    { name: 'web', image: 'shop:1', environment: [{ name: 'PORT', value: '8080' }] },
    { name: 'proxy', image: 'envoy:1' },
  ],
};

describe('what to register', () => {
  test('leaves out what DescribeTaskDefinition adds, and nothing else', () => {
    const described = {
      ...document,
      taskDefinitionArn: 'arn',
      revision: 7,
      status: 'ACTIVE',
      registeredBy: 'ada',
    };

    expect(registrationOf(described)).toEqual(document);
  });

  test.each([
    { value: document, found: document },
    { value: { taskDefinition: { ...document, revision: 7 }, tags: [] }, found: document },
    {
      value: { taskDefinition: document, tags: [{ key: 'team', value: 'a' }] },
      found: { ...document, tags: [{ key: 'team', value: 'a' }] },
    },
    { value: { family: 'shop' }, found: null },
    { value: [], found: null },
    { value: 'shop:7', found: null },
  ])('is found in a file: $value', ({ value, found }) => {
    expect(documentIn(value)).toEqual(found);
  });

  test('an image is replaced in its container, and the rest stays', () => {
    const changed = withImages(document, [{ container: 'web', image: 'shop:2' }]);

    expect(differences(document, changed.document)).toEqual([
      { path: 'containerDefinitions[web].image', before: 'shop:1', after: 'shop:2' },
    ]);
    expect(document.containerDefinitions[0]?.image).toBe('shop:1');
  });

  test.each([
    {
      changes: [{ container: null, image: 'x' }],
      message: 'expected NAME=IMAGE, because shop has the containers web, proxy',
    },
    { changes: [{ container: 'wbe', image: 'x' }], message: 'found "wbe"' },
    {
      changes: [
        { container: 'web', image: 'x' },
        { container: 'web', image: 'y' },
      ],
      message: 'given more than once',
    },
  ])('$message', ({ changes, message }) => {
    expect(withImages(document, changes).problems.join()).toContain(message);
  });
});

describe('what differs', () => {
  test.each([
    { before: { a: 1 }, after: { a: 1 }, paths: [] },
    { before: { a: 1 }, after: { a: '1' }, paths: ['a'] },
    { before: { a: { b: 1 } }, after: { a: { b: 2 }, c: 3 }, paths: ['a.b', 'c'] },
    // AWS writes empty lists where people write nothing.
    { before: { mountPoints: [], volumes: {} }, after: {}, paths: [] },
    // By name: order means nothing, and a new entry is one difference.
    { before: [{ name: 'a' }, { name: 'b' }], after: [{ name: 'b' }, { name: 'a' }], paths: [] },
    { before: [{ name: 'a', v: 1 }], after: [{ name: 'a', v: 2 }, { name: 'c' }], paths: ['[a].v', '[c]'] },
    {
      before: [{ containerPort: 80, hostPort: 80 }],
      after: [{ containerPort: 80, hostPort: 81 }],
      paths: ['[80].hostPort'],
    },
    // Without names, or with one twice, by place.
    { before: ['a', 'b'], after: ['b'], paths: ['[0]', '[1]'] },
    { before: [{ name: 'a' }, { name: 'a' }], after: [{ name: 'a' }], paths: ['[1]'] },
    { before: { a: [1] }, after: { a: { 0: 1 } }, paths: ['a'] },
  ])('between $before and $after: $paths', ({ before, after, paths }) => {
    expect(differences(before, after).map(({ path }) => path)).toEqual(paths);
  });
});

test('a container whose name is no text gets no image, and no other is mistaken for it', () => {
  const strange = { ...document, containerDefinitions: [{ name: { toString: 1 }, image: 'shop:1' }] };

  expect(withImages(strange, [{ container: 'web', image: 'shop:2' }]).problems).toHaveLength(1);
  expect(withImages(strange, []).problems).toEqual([]);
});
