import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Folders of packages, of what is built and of other projects' text. */
const SKIPPED = ['node_modules', '.git', 'dist', 'cdk.out', 'coverage'];

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });

const files = markdownIn('.');

/** Code is no prose: what resembles a link there is none. */
const proseOf = (path: string): string =>
  readFileSync(join(ROOT, path), 'utf8')
    .replace(/```[\s\S]*?```/g, '')
    .replace(/`[^`\n]*`/g, '');

/** As GitHub makes them. */
const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/ /g, '-');

const anchorsOf = (path: string): Set<string> => {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(/```[\s\S]*?```/g, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
};

type Link = { target: string; file: string; anchor: string | undefined };

const linksOf = (path: string): Link[] =>
  [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [to = '', anchor] = target.split('#');
      return { target, file: to === '' ? path : relative('.', join(dirname(path), to)), anchor };
    });

describe('links in Markdown', () => {
  test.each(files)('%s leads to files and headings that there are', (path) => {
    const broken = linksOf(path).filter(
      ({ file, anchor }) =>
        !existsSync(join(ROOT, file)) ||
        (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor)),
    );

    expect(broken.map(({ target }) => target)).toEqual([]);
  });

  test('lead from README.md to every page of docs/', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      for (const { file } of linksOf(path)) {
        if (!file.endsWith('.md') && existsSync(join(ROOT, file, 'README.md')))
          reached.add(join(file, 'README.md'));
        else if (file.endsWith('.md') && existsSync(join(ROOT, file))) reached.add(file);
      }
    }

    const pages = files.filter((path) => path.startsWith('docs/'));
    expect(pages.length).toBeGreaterThan(5);
    expect(pages.filter((path) => !reached.has(path))).toEqual([]);
  });
});
