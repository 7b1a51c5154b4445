import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The rooms of the house, each a folder of code. */
export const ROOMS = [
  'core',
  'statemachine',
  'aws',
  'functions',
  'sim',
  'rehearsal',
  'local',
  'verify',
  'report',
  'cli',
  'infra',
] as const;

const ROOT = new URL('..', import.meta.url).pathname;

export type SourceImport = {
  /** Relative to the repository for our own files, the package's specifier for others. */
  target: string;
  own: boolean;
  typeOnly: boolean;
  /** The names it takes from there, `*` for all. */
  names: string[];
};

export type SourceFile = {
  /** Relative to the repository: `core/plan/plan.ts`. */
  path: string;
  /** Without comments. */
  code: string;
  imports: SourceImport[];
};

/** Comments may name what code may not use. A `//` inside a string survives when it follows a colon, as in a URL. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

const STATIC = /\b(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s+from\s+)?'([^']+)'/g;
const DYNAMIC = /\bimport\(\s*(['"`])([^'"`]+)\1/g;

/** `{ a, type B, c as d }` takes a, B and c. */
const namesIn = (clause: string): string[] =>
  clause.includes('*')
    ? ['*']
    : [...clause.matchAll(/(?:^|[{,])\s*(?:type\s+)?(\w+)/g)].map(([, name]) => name as string);

const importsOf = (path: string, code: string): SourceImport[] => {
  const found = [
    ...[...code.matchAll(STATIC)].map((match) => ({
      typeOnly: match[1] !== undefined,
      target: match[3] as string,
      names: namesIn(match[2] ?? ''),
    })),
    ...[...code.matchAll(DYNAMIC)].map((match) => ({
      typeOnly: false,
      target: match[2] as string,
      names: ['*'],
    })),
  ];
  return found.map(({ target, ...rest }) => {
    const own = target.startsWith('.');
    return { ...rest, own, target: own ? posix.normalize(posix.join(dirname(path), target)) : target };
  });
};

/** Every TypeScript file of a folder of the repository, its imports parsed. */
export const sourceFiles = (folder: string): SourceFile[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') || name.endsWith('.mjs'))
    .sort()
    .map((name) => {
      const path = posix.join(folder, name);
      const code = withoutComments(readFileSync(join(ROOT, path), 'utf8'));
      return { path, code, imports: importsOf(path, code) };
    });
