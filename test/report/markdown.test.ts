import { beforeAll, expect, test } from 'vitest';
import { renderMarkdown } from '../../report/markdown.ts';
import type { Report } from '../../report/report.types.ts';
import { aLongReport, aRehearsed } from './a-report.ts';

let report: Report;
beforeAll(async () => {
  report = await aRehearsed({ version: 'errors:20%' });
}, 60_000);

test('says how it ended, what changed, and draws the weights', () => {
  const text = renderMarkdown(report);

  expect(text).toMatch(
    /^### ❌ In rehearsal, shop:42 on production\/shop was rolled back within 8m39s: alarm shop-users-suffer/,
  );
  expect(text).toContain('**shop:41 → shop:42** on production/shop');
  expect(text).toMatch(/\| 1m33s \| HTTPS:443 default \| 🟩🟦{9} 5 % \|/u);
  expect(text).toMatch(/\| hold, \d observations \|/);
});

test('has every row in the shape of its table, whatever a reason contains', () => {
  const text = renderMarkdown({
    ...report,
    marks: [{ atMs: 0, kind: 'command', who: 'a|b', what: '<img src=x>', why: 'two\nlines and `code`' }],
  });

  expect(text).toContain('| 0s | a\\|b | &lt;img src=x> | two lines and \\`code\\` |');
});

test('a backslash is shown, and ends no cell', () => {
  const text = renderMarkdown({
    ...report,
    marks: [{ atMs: 0, kind: 'command', who: 'CORP\\|ada', what: 'pause', why: 'C:\\temp\\' }],
  });

  expect(text).toContain('| 0s | CORP\\\\\\|ada | pause | C:\\\\temp\\\\ |');
});

test('stays short enough for a comment, with the newest rows', () => {
  const text = renderMarkdown(aLongReport(report, 5_000));

  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain('alarm number 499');
  expect(text).not.toContain('alarm number 42 ');
});
