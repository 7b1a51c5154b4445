/** One change of one file's text. `find` has to occur in it exactly once. */
export type Patch = {
  /** From the repository's root. */
  file: string;
  find: string;
  replace: string;
};

/**
 * Where a defect is searched for: one base undisturbed, one base and fault at some or all points, seeds of the
 * soak, or two installations that deploy one service so many seconds apart.
 */
export type Hunt =
  | { base: string }
  | {
      base: string;
      fault: string;
      /** Only at points whose description contains this; absent: at all of them. */
      at?: string;
    }
  | { seeds: { from: number; count: number } }
  | { installations: 'two'; apartSeconds: number };

/** A deliberate defect. */
export type Mutant = {
  name: string;
  /** What the code now does wrong, and whose mistake that was where the field knows it. */
  description: string;
  patches: readonly Patch[];
  /** Where it shows, the quickest first; with `--wide` everywhere else after them. */
  hunts: readonly Hunt[];
};
