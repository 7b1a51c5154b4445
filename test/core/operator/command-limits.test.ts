import { describe, expect, test } from 'vitest';
import { commandIn, mostCommands, refuseText, shownText } from '../../../core/operator/command-limits.ts';
import { aCommand, NOW } from '../a-deployment.ts';

describe('a text that a sender gives', () => {
  const most = 'reason: expected at most 256 printable characters, found';

  test.each<[string, unknown, string | null]>([
    ['a sentence', 'the banner is wrong: 50 % für «shop» 🛒', null],
    ['nothing', '', null],
    ['as much as is taken', 'x'.repeat(256), null],
    ['one character more', 'x'.repeat(257), `${most} 257`],
    ['a tab', 'a\tb', `${most} U+0009; write one line of plain text`],
    ['a line end that is no control character', 'a\u2028b', `${most} U+2028; write one line of plain text`],
    ['an end of a paragraph', 'a\u2029b', `${most} U+2029; write one line of plain text`],
    ['what turns the text around', '\u202eada', `${most} U+202E; write one line of plain text`],
    ['a tag beyond the first plane', 'a\u{e0041}', `${most} U+E0041; write one line of plain text`],
    ['null', null, `${most} null`],
    ['a number', 7, `${most} a number`],
  ])('%s', (_, value, refusal) => {
    expect(refuseText('reason', value)).toBe(refusal);
  });
});

test.each<[string, unknown, string]>([
  ['a text as it is', 'ada', 'ada'],
  ['an object as JSON', { by: ['ada'] }, '{"by":["ada"]}'],
  ['null', null, 'null'],
  ['nothing', undefined, 'undefined'],
  ['a number', 7, '7'],
  ['a dot for each character that is not printable', 'a\n\u001b[2Kb', 'a··[2Kb'],
  ['no more than a sender may give', 'x'.repeat(300), 'x'.repeat(256)],
])('what a writer that nobody asked gave is shown: %s', (_, value, shown) => {
  expect(shownText(value)).toBe(shown);
});

test('an abort is taken after as many other commands as a deployment takes', () => {
  expect([mostCommands('pause'), mostCommands('abort')]).toEqual([80, 100]);
});

describe('a command as it was stored', () => {
  const stored = aCommand('abort', NOW);

  test.each<[string, unknown, object[]]>([
    ['whole', stored, [stored]],
    ['that lets nobody wait', { ...stored, now: true }, [{ ...stored, now: true }]],
    ['that lets nobody wait, as a text: that counts for nothing', { ...stored, now: 'true' }, [stored]],
    ['without a reason', { ...stored, reason: undefined }, [{ ...stored, reason: '' }]],
    ['with more than belongs to it', { ...stored, more: 1 }, [stored]],
    [
      'with a sender that is no text',
      { ...stored, by: { name: 'ada' } },
      [{ ...stored, by: '{"name":"ada"}' }],
    ],
    ['with a reason of two lines', { ...stored, reason: 'a\nb' }, [{ ...stored, reason: 'a·b' }]],
    ['of no known kind', { ...stored, kind: 'stop' }, []],
    ['without an id', { ...stored, id: 7 }, []],
    ['without a time', { ...stored, atMs: '1' }, []],
    ['that is a text', 'abort', []],
    ['that is null', null, []],
  ])('%s', (_, value, commands) => {
    expect(commandIn(value)).toEqual(commands);
  });
});
