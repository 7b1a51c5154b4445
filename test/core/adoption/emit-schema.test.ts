import { describe, expect, test } from 'vitest';
import type { MoveObservation } from '../../../core/adoption/adoption.types.ts';
import { emitTerraform } from '../../../core/adoption/emit-terraform.ts';
import type { MovePlan } from '../../../core/adoption/move-plan.ts';
import { movedAccount } from '../../../verify/moving/moved-account.ts';
import { origins } from '../../../verify/moving/origins.ts';
import { made, plan } from './a-move.ts';
import { ODD_NAMES, oddMove } from './an-odd-move.ts';
import { type HclBlock, parseHcl } from './parse-hcl.ts';
import schema from './terraform-schema.json' with { type: 'json' };

/**
 * `terraform validate` needs the AWS provider, which is no package of a registry that CI reads. Its schema is, as the
 * types that CDK for Terraform generates from it: every resource, attribute and block has to be in it, with its type.
 */

type Fields = { readonly [name: string]: string | Fields | readonly Fields[] };

/** Terraform's own, of any resource. */
const META = ['lifecycle', 'depends_on'];

/** What Terraform converts: text to a number and back, where it is one. */
const fits = (type: string, value: string): boolean => {
  const text = value.replace(/^"(.*)"$/, '$1');
  if (type === 'number') return /^\d+$/.test(text);
  if (type === 'boolean') return /^(true|false)$/.test(text);
  if (type === 'list') return value.startsWith('[');
  if (type === 'map') return value.startsWith('{');
  return !/^[[{]/.test(value);
};

const problemsOf = (fields: Fields, { attributes, blocks }: HclBlock, at: string): string[] => {
  const of = (name: string) => fields[name] ?? fields[`${name}!`];
  const wrong = Object.entries(attributes).flatMap(([name, value]) => {
    const type = of(name);
    if (META.includes(name)) return [];
    if (typeof type !== 'string') return [`${at}.${name} is no attribute`];
    return fits(type, value) ? [] : [`${at}.${name} is no ${type}: ${value}`];
  });
  const inner = blocks.flatMap((one) => {
    if (META.includes(one.type)) return [];
    const type = of(one.type);
    if (type === undefined || typeof type === 'string') return [`${at}.${one.type} is no block`];
    const isOne = !Array.isArray(type);
    const often = blocks.filter((other) => other.type === one.type).length > 1;
    const found = problemsOf((isOne ? type : type[0]) as Fields, one, `${at}.${one.type}`);
    return isOne && often ? [`${at}.${one.type} is there more than once`, ...found] : found;
  });
  const missing = Object.keys(fields)
    .filter((name) => name.endsWith('!'))
    .map((name) => name.slice(0, -1))
    .filter((name) => !(name in attributes) && !blocks.some(({ type }) => type === name))
    .map((name) => `${at}.${name} is missing`);
  return [...wrong, ...inner, ...missing];
};

const problemsIn = (text: string): string[] =>
  parseHcl(text).flatMap((one) => {
    const [type = '', name = ''] = one.labels;
    if (one.type === 'import') return Object.keys(one.attributes).join() === 'to,id' ? [] : ['an import'];
    const fields = (schema.resources as Record<string, Fields>)[type];
    return fields === undefined
      ? [`${one.type} ${type} is no resource`]
      : problemsOf(fields, one, `${type}.${name}`);
  });

const emitted = (of: MovePlan, observed: MoveObservation): string[] =>
  problemsIn(emitTerraform(of, observed));

describe('what --emit terraform prints is in the schema of the AWS provider', () => {
  test.each(origins)('for $name', async (origin) => {
    const account = movedAccount(origin);

    expect(emitted(account.plan, await account.observe())).toEqual([]);
  });

  test.each(ODD_NAMES)('for the names %s and %s', (old, twin) => {
    const odd = oddMove(old, twin);

    expect(emitted(odd.plan, odd.observed)).toEqual([]);
  });

  test('with the import blocks of what is there', () => {
    expect(emitted(plan, made())).toEqual([]);
  });
});

test.each([
  ['no_such = 1', 'aws_lb_target_group.a.no_such is no attribute'],
  ['port = "many"', 'aws_lb_target_group.a.port is no number: "many"'],
  ['tags = "x"', 'aws_lb_target_group.a.tags is no map: "x"'],
  ['matcher {\n}', 'aws_lb_target_group.a.matcher is no block'],
  ['stickiness {\n}', 'aws_lb_target_group.a.stickiness.type is missing'],
  ['health_check {\n}\nhealth_check {\n}', 'aws_lb_target_group.a.health_check is there more than once'],
])('%j would be found', (line, problem) => {
  expect(problemsIn(`resource "aws_lb_target_group" "a" {\n${line}\n}`)).toContain(problem);
});
