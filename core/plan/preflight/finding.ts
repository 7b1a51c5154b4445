import type { Finding } from '../../vocabulary/finding.types.ts';

/** Each finding has a section there, which test/core/plan/preflight/documented.test.ts sees to. */
const docsOf = (id: string): string => `docs/preflight.md#${id}`;

const finding =
  (severity: Finding['severity']) =>
  (id: string, message: string, fix: string, commands: string[] = []): Finding => ({
    id,
    severity,
    message,
    fix,
    ...(commands.length > 0 && { commands }),
    docs: docsOf(id),
  });

/** Refuses the deployment. */
export const error = finding('error');

/** Goes into the plan and the record; the deployment runs. */
export const warning = finding('warning');
