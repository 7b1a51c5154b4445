import type { Finding } from '../../vocabulary/finding.types.ts';

/** Nothing that anybody does makes them silent: what could not be read, and an owner whose lines nobody can read. */
const STAYS_ADVICE = ['not-checked', 'route-has-an-owner'];

/**
 * `--strict`: advice becomes a condition, errors first as always. What could not be read stays a warning: nothing
 * is known to be wrong, and a pipeline whose role may not read security groups would never pass.
 */
export const escalate = (findings: readonly Finding[], strict: boolean): Finding[] => {
  if (!strict) return [...findings];
  const escalated = findings.map(
    (finding): Finding => (STAYS_ADVICE.includes(finding.id) ? finding : { ...finding, severity: 'error' }),
  );
  return [
    ...escalated.filter(({ severity }) => severity === 'error'),
    ...escalated.filter(({ severity }) => severity === 'warning'),
  ];
};
