import type { Mark, MarkKind } from './report.types.ts';

/** Marks so close together that they share a place on the axis. */
export type MarkGroup = {
  x: number;
  /** Index of the first; the rest follow. */
  first: number;
  marks: Mark[];
  /** Of the mark that matters most. */
  kind: MarkKind;
};

/** What a reader must not miss wins when several marks share a place. */
const rank: Record<MarkKind, number> = {
  rollBack: 6,
  foreign: 5,
  command: 4,
  alarm: 3,
  fault: 2,
  hook: 1,
  shift: 1,
  milestone: 0,
};

/** Room that the longest label needs: five characters. */
const APART = 46;

export const groupMarks = (marks: readonly Mark[], x: (atMs: number) => number): MarkGroup[] => {
  const groups: MarkGroup[] = [];
  for (const [index, mark] of marks.entries()) {
    const last = groups.at(-1);
    if (last !== undefined && x(mark.atMs) - last.x < APART) {
      last.marks.push(mark);
      if (rank[mark.kind] > rank[last.kind]) last.kind = mark.kind;
    } else groups.push({ x: x(mark.atMs), first: index, marks: [mark], kind: mark.kind });
  }
  return groups;
};

/** `7`, `7–12`, or where that is too long `1207…`. */
export const labelOf = ({ first, marks }: MarkGroup): string => {
  if (marks.length === 1) return String(first + 1);
  const range = `${first + 1}–${first + marks.length}`;
  return range.length <= 5 ? range : `${first + 1}…`;
};
