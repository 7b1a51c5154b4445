import { count } from '../../figures.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';

/**
 * The findings as a person reads them when a deployment is refused: two lines each and the commands, nothing left
 * out.
 */
export const describeFindings = (findings: Finding[]): string => {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const lines = findings.flatMap(({ severity, id, message, fix, commands = [] }) => [
    `- ${severity} ${id}: ${message}.`,
    `  ${fix}`,
    ...commands.map((command) => `    ${command}`),
  ]);
  return [`Preflight found ${count(errors, 'error')} and ${count(warnings, 'warning')}.`, ...lines].join(
    '\n',
  );
};
