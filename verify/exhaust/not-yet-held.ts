/**
 * What the proof has shown and production does not do yet. A run whose every problem is in this list is counted apart and does
 * not fail the exhaust; one that has any other problem does. An entry goes when production holds it: the report names
 * entries that no run met.
 */
export type NotYetHeld = {
  /** The proof's faults that show it. */
  faults: readonly string[];
  problem: RegExp;
  because: string;
};

export const notYetHeld: readonly NotYetHeld[] = [];

/** The entry that explains every one of a run's problems together with others of the list; null where one is new. */
export const knownProblems = (
  fault: string,
  problems: readonly string[],
  entries: readonly NotYetHeld[] = notYetHeld,
): NotYetHeld[] | null => {
  const found = problems.map((text) =>
    entries.find(({ faults, problem }) => faults.includes(fault) && problem.test(text)),
  );
  return found.every((entry) => entry !== undefined) ? [...new Set(found)] : null;
};
