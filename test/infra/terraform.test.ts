import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

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
