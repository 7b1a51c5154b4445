import { DescribeSecurityGroups$, DescribeSubnets$ } from '@aws-sdk/client-ec2';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect, test } from 'vitest';
import { answerSchema, reviveDates } from '../../../sim/world-files/revive-dates.ts';
import { memberKinds } from '../../../sim/world-files/shapes.ts';

const TEXT = '2026-01-05T08:00:00.123+00:00';
const EPOCH = 1_767_600_000.123;

/** An answer with every member of the schema that holds a timestamp, each of them as `time`. */
const answerWith = (schema: NormalizedSchema, time: unknown, above: readonly unknown[] = []): unknown => {
  if (schema.isTimestampSchema()) return time;
  if (schema.isListSchema()) return [answerWith(schema.getValueSchema(), time, above)];
  if (!schema.isStructSchema()) return undefined;
  const own = schema.getSchema();
  if (above.includes(own)) return undefined;
  return Object.fromEntries(
    [...schema.structIterator()].map(([name, member]) => [name, answerWith(member, time, [...above, own])]),
  );
};

const placesOf = (value: unknown, wanted: (each: unknown) => boolean, path = ''): string[] => {
  if (wanted(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => placesOf(member, wanted, `${path}.${name}`));
};

const isDate = (each: unknown): boolean => each instanceof Date;

const kinds = memberKinds.filter((kind) => answerSchema(kind) !== undefined);

test.each(kinds)('%s: every timestamp of the SDK’s schema becomes a Date, and nothing else', (kind) => {
  const schema = answerSchema(kind) as NormalizedSchema;

  for (const time of [TEXT, EPOCH]) {
    const given = answerWith(schema, time);
    const expected = placesOf(given, (each) => each === time);

    expect(placesOf(reviveDates(kind, given), isDate)).toEqual(expected);
  }
});

test('no list of names is needed, which forgot these', () => {
  const names = kinds.flatMap((kind) =>
    placesOf(answerWith(answerSchema(kind) as NormalizedSchema, TEXT), (each) => each === TEXT).map((place) =>
      place.split('.').at(-1),
    ),
  );

  expect(names).toEqual(expect.arrayContaining(['imagePushedAt', 'deleteRequestedAt', 'CreationTime']));
});

test('both forms of the CLI are the same moment', () => {
  const read = (createdAt: string | number) =>
    reviveDates('describe-task-sets', { taskSets: [{ createdAt }] });

  expect(read(TEXT)).toEqual({ taskSets: [{ createdAt: new Date('2026-01-05T08:00:00.123Z') }] });
  expect(read(EPOCH)).toEqual({ taskSets: [{ createdAt: new Date('2026-01-05T08:00:00.123Z') }] });
});

test('what only has the name of a timestamp stays as it is', () => {
  const labels = { createdAt: TEXT };
  const file = {
    taskDefinition: {
      registeredAt: 'never',
      containerDefinitions: [{ dockerLabels: labels, environment: [{ name: 'createdAt', value: TEXT }] }],
    },
    addedByNewerVersions: { createdAt: TEXT },
  };

  expect(reviveDates('describe-task-definition', file)).toEqual(file);
});

test.each([
  ['describe-security-groups', DescribeSecurityGroups$],
  ['describe-subnets', DescribeSubnets$],
] as const)('%s holds none', (_kind, [, , , , , output]) => {
  const answer = answerWith(NormalizedSchema.of(output as never), TEXT);

  expect(Object.keys(answer as object)).not.toEqual([]);
  expect(placesOf(answer, (each) => each === TEXT)).toEqual([]);
});

test('files of ours hold none', () => {
  expect(reviveDates('snapshot', { assumed: [TEXT] })).toEqual({ assumed: [TEXT] });
});
