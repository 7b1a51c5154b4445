/**
 * The fewest items that still fail, by delta debugging (Zeller, Hildebrandt 2002): tries ever smaller parts and their
 * complements until no single item can be left out. `fails` is asked about items in their order.
 */
export const shrink = async <Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> => {
  if (items.length > 0 && (await fails([]))) return [];
  let left = items;
  let parts = 2;
  while (left.length >= 2) {
    const smaller = await firstFailing(candidates(left, Math.min(parts, left.length)), fails);
    if (smaller !== undefined) {
      left = smaller;
      parts = 2;
    } else if (parts >= left.length) {
      return left;
    } else {
      parts *= 2;
    }
  }
  return left;
};

/** Each of so many parts, then everything but each of them. */
const candidates = <Item>(items: readonly Item[], parts: number): (readonly Item[])[] => {
  const size = Math.ceil(items.length / parts);
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, part) => part * size);
  const chunks = starts.map((start) => items.slice(start, start + size));
  const complements = starts.map((start) => [...items.slice(0, start), ...items.slice(start + size)]);
  return [...chunks, ...complements].filter((candidate) => candidate.length < items.length);
};

const firstFailing = async <Item>(
  among: (readonly Item[])[],
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[] | undefined> => {
  for (const candidate of among) if (await fails(candidate)) return candidate;
  return undefined;
};
