import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../core/request/request.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { consoleDoc, madeParts } from '../../scripts/console-doc.ts';

const read = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
const pages = Object.keys(madeParts) as (keyof typeof madeParts)[];

const document = read('console.md');
const [written = ''] = document.split('<!-- refusal');
const blocks = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const inputs = [...written.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);

test.each(pages)('docs/%s has of states, commands and refusals what the code has', (page) => {
  expect(read(page)).toBe(consoleDoc(page, read(page)));
});

describe('docs/console.md', () => {
  test.each(inputs)('has an input to paste that is a request: %s', (text) => {
    expect(parseRequest(JSON.parse(text))).toMatchObject({ ok: true });
  });

  test('has inputs and a command to paste', () => {
    const command = blocks.map((text) => JSON.parse(text)).find((block) => 'command' in block);

    expect(commandKinds).toContain(command?.command);
    expect(inputs.length).toBe(2);
  });

  test('would be found out if a state had another description', () => {
    const wrong = document.replace('Writes the weights of one plan position', 'Writes nothing');

    expect(wrong).not.toBe(document);
    expect(consoleDoc('console.md', wrong)).toBe(document);
  });
});

test('docs/steering.md has a row for each command', () => {
  const rows = [...read('steering.md').matchAll(/^\| `(\w+)` \| [a-z]/gm)].map(([, kind]) => kind);

  expect(rows.toSorted()).toEqual([...commandKinds].toSorted());
});
