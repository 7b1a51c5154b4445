export type Severity = 'error' | 'warning';

/** One thing preflight has to say. Errors refuse the deployment. */
export type Finding = {
  /** Stable, kebab case, e.g. `target-type-mismatch`. */
  id: string;
  severity: Severity;
  /** What was expected and what was found. */
  message: string;
  /** What to do, a sentence or two. */
  fix: string;
  /** The commands that do it, each ready to be pasted into a shell. */
  commands?: string[];
  /** Where it is explained: `docs/preflight.md#target-type-mismatch`. */
  docs?: string;
};
