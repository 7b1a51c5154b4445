import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';

/**
 * Measures the code as it is, a line each: circles of imports, the largest room, tables of states kept by hand, long
 * lines, long functions. `npm run measures`, or `npx node scripts/measures.ts DIRECTORY` for another checkout to
 * compare with.
 */

const SKIPPED = ['node_modules', '.git', 'dist', 'cdk.out', 'coverage'];
const WIDE = 120;
const LONG = 70;
/** A file in which so many states' names stand keeps a table of them. */
const MANY_STATES = 8;

type Source = { path: string; room: string; text: string; lines: string[] };

const isTest = ({ room }: Source): boolean => room === 'test';

const sourcesBelow = (root: string, folder = ''): Source[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : sourcesBelow(root, path);
    if (!/\.m?ts$/.test(entry.name)) return [];
    const text = readFileSync(join(root, path), 'utf8');
    return [
      { path, room: path.includes('/') ? (path.split('/')[0] ?? '') : '.', text, lines: text.split('\n') },
    ];
  });

const IMPORT = /^(?:import|export) [^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm;

const importsOf = ({ path, text }: Source): string[] =>
  [...text.matchAll(IMPORT)].map(([, of = '', later = '']) =>
    posix.normalize(posix.join(posix.dirname(path), of || later)),
  );

/** Groups of files that import each other, be it only a type: each counts as one. */
const circlesOf = (sources: readonly Source[]): string[] => {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const reachable = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(imports.get(from) ?? [])];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      open.push(...(imports.get(path) ?? []));
    }
    return seen;
  };
  const reached = new Map(sources.map(({ path }) => [path, reachable(path)]));
  const inCircle = sources.map(({ path }) => path).filter((path) => reached.get(path)?.has(path));
  const groups = Map.groupBy(inCircle, (path) =>
    inCircle.find((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)),
  );
  return [...groups.values()].map((group) => group.join(', '));
};

const statesIn = (root: string): string[] => {
  const file = JSON.parse(readFileSync(join(root, 'statemachine/deploy.asl.json'), 'utf8')) as {
    States: object;
  };
  return Object.keys(file.States);
};

/** Names as they stand in a table: a key, or a quoted string. */
const keepsStates = ({ text }: Source, states: readonly string[]): boolean =>
  states.filter(
    (name) => text.includes(`'${name}'`) || new RegExp(`^ +${name.replace('?', '\\?')}[:,]`, 'm').test(text),
  ).length >= MANY_STATES;

type Body = { from: number; to: number };

/** By the formatter's indentation: from the line that opens a body to the one that closes it. */
const bodiesIn = (lines: readonly string[]): Body[] =>
  lines.flatMap((line, from) => {
    if (!/(=>|\)(: [^=]+)?) \{$/.test(line) || /^\s*(if|for|while|switch|\} else)\b/.test(line)) return [];
    const indent = /^ */.exec(line)?.[0] ?? '';
    const to = lines.findIndex((other, at) => at > from && other.startsWith(`${indent}}`));
    return [{ from, to }];
  });

/**
 * A function's own lines, without those of the functions in it: a maker of an object with ten methods is a table of
 * them.
 */
const longFunctions = ({ path, lines }: Source): string[] => {
  const bodies = bodiesIn(lines);
  return bodies.flatMap(({ from, to }) => {
    const inner = new Set<number>();
    for (const body of bodies)
      if (body.from > from && body.to < to) for (let at = body.from; at <= body.to; at += 1) inner.add(at);
    const own = to - from - inner.size;
    return own > LONG ? [`${path}:${from + 1} (${own} lines)`] : [];
  });
};

const measure = (root: string): { what: string; value: string; where?: string[] }[] => {
  const sources = sourcesBelow(root);
  const own = sources.filter((source) => !isTest(source));
  const states = statesIn(root);
  const total = own.reduce((sum, { lines }) => sum + lines.length, 0);
  const rooms = [...Map.groupBy(own, ({ room }) => room)].map(
    ([room, files]) => [room, files.reduce((sum, { lines }) => sum + lines.length, 0)] as const,
  );
  const [largest = '', size = 0] = rooms.sort(([, a], [, b]) => b - a)[0] ?? [];
  const circles = circlesOf(own);
  const tables = own.filter((source) => keepsStates(source, states)).map(({ path }) => path);
  const wideIn = (among: readonly Source[]): number =>
    among.reduce((sum, { lines }) => sum + lines.filter((line) => line.length > WIDE).length, 0);
  const long = own.flatMap(longFunctions);
  return [
    { what: 'circles of imports', value: `${circles.length}`, where: circles },
    {
      what: "largest room's share of the lines outside tests",
      value: `${largest} ${Math.round((100 * size) / total)} %`,
    },
    { what: 'tables of states kept by hand', value: `${tables.length}`, where: tables },
    {
      what: `lines over ${WIDE} characters`,
      // Names of tests are sentences.
      value: `${wideIn(own)}, and ${wideIn(sources.filter(isTest))} in tests`,
    },
    { what: `functions over ${LONG} lines`, value: `${long.length}`, where: long },
  ];
};

if (import.meta.main) {
  for (const { what, value, where = [] } of measure(resolve(process.argv[2] ?? '.'))) {
    console.log(`${what.padEnd(50)}${value}`);
    for (const place of where) console.log(`  ${place}`);
  }
}
