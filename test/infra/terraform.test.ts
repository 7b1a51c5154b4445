import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { synthesise } from './synthesised.ts';

/**
 * Terraform's own checks need the AWS provider. What can be known without it (scripts/pipelines.sh checks its form):
 * everything it names is there, and the lines that share the listener with Cutover are the ones that README.md
 * explains.
 */
const directory = 'examples/terraform';
const read = (file: string): string => readFileSync(`${directory}/${file}`, 'utf8');
const withoutComments = (text: string): string => text.replace(/^\s*#.*$/gm, '');
const [main = '', variables = '', outputs = ''] = ['main.tf', 'variables.tf', 'outputs.tf'].map((file) =>
  withoutComments(read(file)),
);
const readme = read('README.md');

const all = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? ''))].toSorted();

/** The names within every `ignore_changes = [ ... ]`. */
const ignored = (text: string): string[] =>
  [...text.matchAll(/ignore_changes = \[([^\]]*)\]/g)].flatMap(([, names = '']) => names.match(/\w+/g) ?? []);

describe('examples/terraform', () => {
  test('declares each variable that it uses, and uses each that it declares', () => {
    expect(all(main + outputs, /\bvar\.(\w+)/g)).toEqual(all(variables, /variable "(\w+)"/g));
  });

  test('has each resource that it refers to', () => {
    const declared = [...main.matchAll(/resource "(\w+)" "(\w+)"/g)].map(
      ([, type, name]) => `${type}.${name}`,
    );

    expect(declared).toEqual(expect.arrayContaining(all(main + outputs, /\b(aws_\w+\.\w+)/g)));
  });

  test('leaves to Cutover what README.md explains, and nothing else', () => {
    expect(ignored(main).toSorted()).toEqual(
      ignored(readme)
        .filter((name) => name !== 'default_action')
        .toSorted(),
    );
    expect(ignored(main)).toEqual(expect.arrayContaining(['action', 'desired_count', 'task_definition']));
  });

  test('has the service that Cutover deploys: EXTERNAL, and without what its task sets bring', () => {
    const [, service = ''] = /resource "aws_ecs_service"[^{]*\{(.*?)\n\}/s.exec(main) ?? [];

    expect(service).toContain('type = "EXTERNAL"');
    expect(service.replace(/lifecycle \{.*/s, '')).not.toMatch(
      /task_definition|load_balancer|network_configuration|launch_type|capacity_provider/,
    );
  });

  test('names the parameters as the stack does', () => {
    const stack = readFileSync('infra/orchestrator-stack.ts', 'utf8');

    for (const name of all(outputs, /^\s+(\w+Arns)\s+=/gm)) expect(stack).toContain(`'${name}'`);
  });
});

describe('terraform/, the module', () => {
  const module = (file: string): string => withoutComments(readFileSync(`terraform/${file}`, 'utf8'));
  const [code, inputs, results, example] = [
    module('main.tf'),
    module('variables.tf'),
    module('outputs.tf'),
    module('example/main.tf'),
  ];
  const page = readFileSync('terraform/README.md', 'utf8');
  const template = synthesise();
  const parameters = [...Object.keys(template.findParameters('*')), 'AssetBucket', 'AssetPrefix'];

  test('declares each variable that it uses, and uses each that it declares', () => {
    const used = all(code + results, /\bvar\.(\w+)/g);

    expect(all(inputs, /^variable "(\w+)"/gm)).toEqual([...new Set(used)].toSorted());
    expect(
      all(code + results, /\b(aws_\w+\.\w+)\b/g).filter((name) => !name.startsWith('aws_s3_bucket')),
    ).toEqual(all(code.replace(/resource "(\w+)" "(\w+)"/g, 'resource $1.$2'), /resource (\w+\.\w+)/g));
    expect(all(code, /\blocal\.(\w+)/g)).toEqual(
      all(/locals \{(.*?)\n\}/s.exec(code)?.[1] ?? '', /^ {2}(\w+) =/gm),
    );
  });

  test('gives the template each of its parameters, and no other', () => {
    const [, given = ''] = /parameters = \{(.*?)\n {2}\}/s.exec(code) ?? [];

    expect(all(given, /^\s+(\w+)\s+=/gm)).toEqual(
      parameters.filter((name) => !name.startsWith('BootstrapVersion')).toSorted(),
    );
  });

  test('reads outputs that the stack has', () => {
    const outputs = Object.keys(template.findOutputs('*'));

    expect(outputs).toEqual(expect.arrayContaining(all(results, /outputs\["(\w+)"\]/g)));
  });

  test('its example gives what has no default, and reads what it has', () => {
    const needed = inputs
      .split(/^variable /m)
      .filter((text) => text !== '' && !/^\s+default\s+=/m.test(text))
      .flatMap((text) => /^"(\w+)"/.exec(text)?.[1] ?? []);
    const [, call = ''] = /module "cutover" \{(.*?)\n\}/s.exec(example ?? '') ?? [];

    expect(all(call, /^\s+(\w+)\s+=/gm)).toEqual(expect.arrayContaining(needed));
    expect(all(results, /^output "(\w+)"/gm)).toEqual(
      expect.arrayContaining(all(example ?? '', /module\.cutover\.(\w+)/g)),
    );
  });

  test('README.md has every variable and output', () => {
    for (const name of [...all(inputs, /^variable "(\w+)"/gm), ...all(results, /^output "(\w+)"/gm)]) {
      expect(page).toContain(`\`${name}\``);
    }
  });
});
