import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { failureModel } from './render.ts';
import { see } from './see.ts';
import type { Seen } from './seen.types.ts';

/**
 * Writes docs/failure-model.md and the pages behind it: plays the faults, keeps what was seen in seen.json, and makes
 * the pages from that, from the state machine and from the code. `--check` only compares, for CI;
 * test/docs/failure-model.test.ts compares without playing. `--render` plays nothing and takes seen.json as it is:
 * enough after a change of words.
 */

const DOCS = new URL('../../docs/', import.meta.url);
const SEEN = new URL('./seen.json', import.meta.url);

export const readSeen = (): Seen => JSON.parse(readFileSync(SEEN, 'utf8')) as Seen;

/** A line for each row, so that a change of behaviour is a small diff. */
const textOf = ({ undisturbed, calls, rows, outside }: Seen): string => {
  const lines = (members: readonly (readonly [string, unknown])[]): string =>
    members.map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
  return `{
  "undisturbed": {\n${lines(Object.entries(undisturbed))}\n  },
  "calls": {\n${lines(Object.entries(calls))}\n  },
  "rows": [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ],
  "outside": {\n${lines(Object.entries(outside))}\n  }
}
`;
};

if (import.meta.main) {
  const seen = process.argv.includes('--render') ? readSeen() : await see();
  const files = [
    { url: SEEN, name: 'verify/failure-model/seen.json', text: textOf(seen) },
    ...failureModel(seen).map(({ path, text }) => ({ url: new URL(path, DOCS), name: `docs/${path}`, text })),
  ];
  const textIn = (url: URL): string => (existsSync(url) ? readFileSync(url, 'utf8') : '');
  mkdirSync(new URL('failure-model', DOCS), { recursive: true });
  if (!process.argv.includes('--check')) for (const { url, text } of files) writeFileSync(url, text);
  else {
    const stale = files.filter(({ url, text }) => textIn(url) !== text);
    for (const { url, name, text } of stale) {
      const before = textIn(url).split('\n');
      const off = text.split('\n').filter((line) => !before.includes(line));
      console.error(
        `${name} is not what was seen. Expected, and not found ` +
          `there:\n${off.slice(0, 10).join('\n')}\n... ${off.length} lines. See whether that is meant; ` +
          'if so, run `npm run failure-model` and commit it.',
      );
    }
    process.exitCode = stale.length > 0 ? 1 : 0;
  }
}
