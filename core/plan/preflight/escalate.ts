import type { Finding } from '../../vocabulary/finding.types.ts';

/** The finding of not-checked.ts. */
const NOT_CHECKED = 'not-checked';

/**
 * `--strict`: advice becomes a condition, errors first as always. What could not be read stays a warning: nothing
 * is known to be wrong, and a pipeline whose role may not read security groups would never pass.
 */
export const escalate = (findings: readonly Finding[], strict: boolean): Finding[] => {
  if (!strict) return [...findings];
  const escalated = findings.map(
    (finding): Finding => (finding.id === NOT_CHECKED ? finding : { ...finding, severity: 'error' }),
  );
  return [
    ...escalated.filter(({ severity }) => severity === 'error'),
    ...escalated.filter(({ severity }) => severity === 'warning'),
  ];
};
