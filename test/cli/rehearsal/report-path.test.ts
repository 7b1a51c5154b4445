import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aDirectory } from '../../a-directory.ts';
import { cutover, example } from '../a-terminal.ts';

test('a report replaces an earlier report, and no other file', async () => {
  const directory = aDirectory('report-path');
  const [report, request] = [join(directory, 'report.html'), join(directory, 'request.json')];
  writeFileSync(request, '{}');
  const rehearse = (path: string) => cutover(['rehearse', example('shop'), '--report', path, '--json']);

  expect((await rehearse(report)).code).toBe(0);
  expect((await rehearse(report)).code).toBe(0);
  const refused = await rehearse(request);

  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/is\s+no\s+report/);
  expect(readFileSync(request, 'utf8')).toBe('{}');
});

test('a directory that is not there is found before the run, whatever the run would have ended with', async () => {
  const { code, out, err } = await cutover([
    ...['rehearse', example('shop'), '--version', 'errors:20%', '--json'],
    ...['--report', join(aDirectory('report-path'), 'none', 'report.html')],
  ]);

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('cannot be written');
});
