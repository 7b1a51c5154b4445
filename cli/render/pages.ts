import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `docs/cli.md` as messages name it, and no part of a longer path. */
const PAGE = /(?<![\w/.-])docs\/([\w-]+\.md)/g;

/** The folder of the package, or of the clone. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A page is beside the program, wherever that is installed: the text with a path that leads there from here. */
export const withPages = (text: string, root = ROOT, here = process.cwd()): string =>
  text.replace(PAGE, (named, page: string) => {
    const path = join(root, 'docs', page);
    if (existsSync(join(here, named)) || !existsSync(path)) return named;
    const near = relative(here, path);
    return near.startsWith('..') || isAbsolute(near) ? path : near;
  });
