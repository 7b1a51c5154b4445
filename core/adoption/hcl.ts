import type { Input } from './adoption.types.ts';

/** A Terraform name of letters, digits and underscores, which begins with no digit. */
export const label = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]/g, '_')
    .replace(/^(?=[0-9])/, '_')
    .toLowerCase();

/** HCL's strings are JSON's, but that `${` and `%{` begin an expression. */
export const literal = (value: unknown): string => JSON.stringify(value).replace(/([$%])\{/g, '$1$1{');

/** `Name` of the API is `name` in Terraform, `HealthCheckPath` `health_check_path`. */
export const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);

export const lines = (fields: Readonly<Record<string, unknown>>, indent: string): string[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${indent}${name} = ${literal(value)}`],
  );

export const tagLines = (tags: Readonly<Record<string, string>>): string[] => [
  '  tags = {',
  ...Object.entries(tags).map(([key, value]) => `    ${literal(key)} = ${literal(value)}`),
  '  }',
];

export const importBlock = (to: string, id: string | null): string[] =>
  id === null ? [] : ['import {', `  to = ${to}`, `  id = ${literal(id)}`, '}', ''];

/** A block for each of a list: `capacityProvider` of the API is `capacity_provider`. */
export const nested = (block: string, list: unknown): string[] =>
  ((list ?? []) as Input[]).flatMap((one) => [
    `  ${block} {`,
    ...lines(Object.fromEntries(Object.entries(one).map(([name, value]) => [snake(name), value])), '    '),
    '  }',
  ]);

/** Of the preview rule's resource, which the service's may have to wait for. */
export const previewLabel = (twin: string): string => `${label(twin)}_preview`;
