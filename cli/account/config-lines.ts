import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from 'yaml';

/** What follows a key in a problem's path: the next key, an index, or nothing. */
const ENDS = ['', '.', '['];

/** The pair whose key begins `path`; of `a` and `a.b` the longer one, because a service may have a dot in its name. */
const pairAt = (items: readonly Pair[], path: string): { pair: Pair; key: string } | undefined =>
  items
    .map((pair) => ({ pair, key: String(isScalar(pair.key) ? pair.key.value : pair.key) }))
    .filter(({ key }) => path.startsWith(key) && ENDS.includes(path.slice(key.length, key.length + 1)))
    .sort((a, b) => b.key.length - a.key.length)[0];

/**
 * Follows `services.shop.environments.production.shifts[1].bake` as far as the file has it; what is left over is not
 * there.
 */
const walk = (node: unknown, path: string, at: Node | undefined): { at: Node | undefined; left: string } => {
  const rest = path.replace(/^\./, '');
  const index = /^\[(\d+)\]/.exec(rest);
  if (isSeq(node) && index !== null) {
    const item = node.items[Number(index[1])] as Node | undefined;
    return item === undefined ? { at, left: rest } : walk(item, rest.slice(index[0].length), item);
  }
  const found = isMap(node) && rest !== '' ? pairAt(node.items, rest) : undefined;
  if (found === undefined) return { at, left: rest };
  return walk(found.pair.value, rest.slice(found.key.length), found.pair.key as Node);
};

/**
 * In which line of cutover.yaml a problem is. A field that an environment has from its service is searched for there.
 * Null: nowhere in particular, such as a file that is empty.
 */
export const lineOf = (document: Document, lines: LineCounter, path: string): number | null => {
  const inFile = path.replace(/^cutover\.yaml\.?/, '');
  const found = walk(document.contents, inFile, undefined);
  const shared = walk(document.contents, inFile.replace(/\.environments\.[^.[]+/, ''), undefined);
  const { at } = found.left !== '' && shared.left === '' ? shared : found;
  const start =
    at?.range?.[0] ?? (isCollection(document.contents) ? document.contents.range?.[0] : undefined);
  return start === undefined ? null : lines.linePos(start).line;
};
