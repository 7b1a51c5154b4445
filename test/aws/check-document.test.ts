import { expect, test } from 'vitest';
import { checkDocument } from '../../aws/check-document.ts';

const container = (members: object) => ({
  family: 'shop',
  containerDefinitions: [{ name: 'web', image: 'shop:1', ...members }],
});

test('a document that ECS takes is left as it is', () => {
  const document = container({
    cpu: 256,
    environment: [{ name: 'PORT', value: '8080' }],
    dockerLabels: { any: 'thing' },
    logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'shop' } },
  });

  expect(checkDocument(document)).toEqual({ document, notes: [], problems: [] });
});

test.each([
  [container({ enviroment: [] }), /containerDefinitions\[web\]\.enviroment: .*did you mean environment\?/],
  [{ Family: 'shop', family: 'shop' }, /^Family: .*did you mean family\?/],
  [
    container({ portMappings: { containerPort: 80 } }),
    /containerDefinitions\[web\]\.portMappings: expected a list, found/,
  ],
  [container({ memory: 'much' }), /containerDefinitions\[web\]\.memory: expected a number, found "much"/],
  [container({ essential: 'yes' }), /essential: expected true or false, found "yes"/],
  [container({ image: ['shop'] }), /image: expected a text, found \["shop"\]/],
  [
    { family: 'shop', containerDefinitions: ['web'] },
    /containerDefinitions\[0\]: expected an object, found "web"/,
  ],
])('%j is refused by its place', (document, problem) => {
  expect(checkDocument(document).problems).toEqual([expect.stringMatching(problem)]);
});

test('a document that is larger than ECS takes is refused before anything is registered', () => {
  const of = (characters: number) =>
    checkDocument(container({ environment: [{ name: 'BIG', value: 'x'.repeat(characters) }] })).problems;

  expect(of(65_000)).toEqual([]);
  expect(of(2_000_000)).toEqual([expect.stringMatching(/^expected at most 65,536 bytes, found 2,000,\d+: /)]);
});

test('more containers than ECS takes are refused, too', () => {
  const of = (number: number) =>
    checkDocument({
      family: 'shop',
      containerDefinitions: Array.from({ length: number }, (_, index) => ({ name: `c${index}`, image: 'x' })),
    }).problems;

  expect(of(10)).toEqual([]);
  expect(of(11)).toEqual([
    'containerDefinitions: expected at most 10 containers, found 11: move some into a service of their own',
  ]);
});

test('a figure in the other spelling is taken, with a note', () => {
  const { document, notes, problems } = checkDocument({
    ...container({ cpu: '256', essential: 'true', environment: [{ name: 'PORT', value: 8080 }] }),
    cpu: 512,
  });

  expect(document).toEqual({
    ...container({ cpu: 256, essential: true, environment: [{ name: 'PORT', value: '8080' }] }),
    cpu: '512',
  });
  expect(notes).toHaveLength(4);
  expect(notes).toContain('cpu: 512 is taken for "512"');
  expect(problems).toEqual([]);
});
