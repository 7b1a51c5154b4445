import { expect, test } from 'vitest';
import { pasteCutover } from './paste-cutover.ts';
import { isRehearsalOfFile, printedLines } from './printed-lines.ts';

test('every rehearsal that is printed is one that the command line takes', async () => {
  const lines = (await printedLines()).map(({ line }) => line).filter(isRehearsalOfFile);
  const problems: string[] = [];
  for (const line of lines) problems.push(...(await pasteCutover(line)).problems);

  expect(problems).toEqual([]);
  expect(lines.length).toBeGreaterThan(4);
});
