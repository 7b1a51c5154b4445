import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { lineProblems } from '../printed/cli-line.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Lines of the blocks of code; one that ends in a backslash continues. */
const blocksOf = (text: string): string[] =>
  [...text.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].flatMap(([, code = '']) =>
    code.replace(/\\\n\s*/g, ' ').split('\n'),
  );

/** And of the spans, each a line of its own. */
const codeOf = (text: string): string[] => {
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...blocksOf(text), ...spans];
};

/** A comment, a pipe or the next command ends it; what stands in quotes is no flag. */
const wordsOf = (rest: string): string[] =>
  (rest.replace(/'[^']*'|"[^"]*"/g, 'TEXT').split(/\s#|[|;&<>]|\s{3,}/)[0] ?? '').trim().split(/\s+/);

/** Written for any verb: help, and the flags that stand before it. */
const EVERYWHERE = ['--help', '-h', '--version'];

const wrongIn = (line: string): string[] => {
  const [, rest = ''] =
    /^(?:\$ )?(?:npx |npm run cutover -- |npm run --silent cutover -- )?cutover (.*)$/.exec(line.trim()) ??
    [];
  const [verb = '', ...words] = wordsOf(rest);
  if (rest === '' || !/^[a-z]+$/.test(verb)) return [];
  const command = commands.find(({ name }) => name === verb);
  if (command === undefined) return verb === 'help' ? [] : [`cutover ${verb}`];
  const known = Object.entries(command.options).flatMap(([name, { short }]) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  return words
    .map((word) => word.replace(/^\[|[\],.]+$/g, '').split('=')[0] ?? '')
    .filter((word) => /^--?[a-z]/.test(word) && !known.includes(word) && !EVERYWHERE.includes(word))
    .map((word) => `cutover ${verb} ${word}`);
};

/** Services that the AWS CLI has commands of its own for, or that no SDK client is installed of. */
const UNREAD = /^aws (s3|logs tail|cloudformation|cloudtrail|configure|iam|sso)\b/;

/** `$(aws ...)`; a bracket in quotes does not end it. */
const SUBSTITUTION = String.raw`\$\(((?:'[^']*'|"[^"]*"|[^)'"])*)\)`;

/**
 * What is wrong with an AWS CLI command, by the API's model. Variables stand for what a person has. In prose a
 * command may be shortened to what matters there.
 */
const wrongForAws = (line: string, whole = true): string[] => {
  const inner = [...line.matchAll(new RegExp(SUBSTITUTION, 'g'))].map(([, command = '']) => command);
  const found = [line.replace(new RegExp(`"?${SUBSTITUTION}"?`, 'g'), 'VALUE'), ...inner]
    .flatMap((one) => /^aws (?:'[^']*'|"[^"]*"|[^|>&#'"])*/.exec(one.trim()) ?? [])
    .filter((one) => / --[a-z]/.test(one) && !UNREAD.test(one) && !one.includes('...'));
  return found
    .flatMap((one) => lineProblems(one.replace(/\$\w+/g, 'VALUE').trim()))
    .filter((problem) => whole || !/ is missing$| refuses it without |no value$/.test(problem));
};

const scriptsIn = (line: string): string[] =>
  [...line.matchAll(/\bnpm run (?:--silent |-s )?([\w:-]+)/g)].map(([, name = '']) => name);

describe('commands in the documents', () => {
  test.each(pages)('%s names verbs, flags and scripts that there are', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const [lines, blocks] = [codeOf(text), blocksOf(text)];

    expect(lines.flatMap(wrongIn)).toEqual([]);
    expect(lines.flatMap((line) => wrongForAws(line, blocks.includes(line)))).toEqual([]);
    expect(lines.flatMap(scriptsIn).filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test.each(commands.map(({ name }) => name))('docs/cli.md, or docs/steering.md, has cutover %s', (name) => {
    const [cli = '', steering = ''] = ['cli', 'steering'].map((page) =>
      readFileSync(join(ROOT, `docs/${page}.md`), 'utf8'),
    );

    expect(cli.includes(`cutover ${name}`) || steering.includes(`\`${name}\``)).toBe(true);
  });

  test('are found where they are written', () => {
    const all = pages.flatMap((page) => codeOf(readFileSync(join(ROOT, page), 'utf8')));

    expect(all.filter((line) => /\bcutover [a-z]+/.test(line)).length).toBeGreaterThan(40);
    expect(all.flatMap(scriptsIn).length).toBeGreaterThan(10);
  });

  test('would be found out if they were wrong', () => {
    expect(wrongIn('npx cutover rehears examples/shop/request.json')).toEqual(['cutover rehears']);
    expect(wrongIn("cutover abort main/shop --because 'slow'")).toEqual(['cutover abort --because']);
    expect(wrongIn("cutover abort main/shop --reason '--because'")).toEqual([]);
    expect(wrongForAws('aws ecs delete-service --clusters shop --service web')).not.toEqual([]);
    expect(wrongForAws('aws elbv2 describe-rules --rule-arns "$RULE" --query x > actions.json')).toEqual([]);
    expect(scriptsIn('npm run --silent verify:exhaust -- --base canary')).toEqual(['verify:exhaust']);
  });
});
