/** Numbered as in invariants.ts. */
export type InvariantNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 12 | 13;

export type Violation = { invariant: InvariantNumber; message: string };
