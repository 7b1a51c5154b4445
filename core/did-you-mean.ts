/** Keeps the comparison small whatever is sent; no field or strategy of ours is longer. */
const LONGEST_COMPARED = 60;

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** How many characters to insert, delete, replace, or exchange with the next one. */
const distance = (from: string, to: string): number => {
  let earlier: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === to[column - 1] ? 0 : 1);
      const exchanged =
        from[index - 1] === to[column - 1] && character === to[column - 2]
          ? (earlier[column - 2] ?? Infinity) + 1
          : Infinity;
      next.push(Math.min(replaced, exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    earlier = row;
    row = next;
  }
  return row[to.length] ?? 0;
};

/** The candidate a person most likely meant by `text`, or undefined when none is near. */
export const didYouMean = (text: string, candidates: readonly string[]): string | undefined => {
  if (text.length > LONGEST_COMPARED) return undefined;
  const wanted = plain(text);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const known = plain(candidate);
    // `clusterName` means `cluster`, `definition` means `taskDefinition`.
    const contained = wanted.length >= 4 && (known.includes(wanted) || wanted.includes(known));
    const apart = contained ? 1 : distance(wanted, known);
    // A third of the letters wrong is still a typing error; more is another word.
    if (apart * 3 <= Math.max(known.length, 3) && apart < (best?.distance ?? Infinity)) {
      best = { candidate, distance: apart };
    }
  }
  return best?.candidate;
};
