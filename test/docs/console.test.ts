import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../core/request/request.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { consoleDoc } from '../../scripts/console-doc.ts';

const document = readFileSync(new URL('../../docs/console.md', import.meta.url), 'utf8');
const [written = ''] = document.split('<!-- refusal');
const blocks = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const inputs = [...written.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);

describe('docs/console.md', () => {
  test('says of the states and of a refusal what the state machine and the parser say', () => {
    expect(document).toBe(consoleDoc(document));
  });

  test.each(inputs)('has an input to paste that is a request: %s', (text) => {
    expect(parseRequest(JSON.parse(text))).toMatchObject({ ok: true });
  });

  test('has a command to paste, and a row for each kind', () => {
    const command = blocks.map((text) => JSON.parse(text)).find((block) => 'command' in block);
    const rows = [...document.matchAll(/^\| `(\w+)` \| [a-z]/gm)].map(([, kind]) => kind);

    expect(commandKinds).toContain(command?.command);
    expect(rows).toEqual(expect.arrayContaining([...commandKinds]));
    expect(inputs.length).toBe(3);
  });

  test('would be found out if a state said something else', () => {
    const lied = document.replace('Writes the weights of one plan position', 'Writes nothing');

    expect(lied).not.toBe(document);
    expect(consoleDoc(lied)).toBe(document);
  });
});
