import type { Discovery } from '../discovery.ts';
import type { PlanObservation } from '../plan.ts';
import type { Finding } from '../plan.types.ts';
import type { DeploymentRequest } from '../request.types.ts';

/** What every check may look at. */
export type Inspected = { observed: PlanObservation; request: DeploymentRequest; found: Discovery };

/**
 * One theme of mistakes. Pure, and silent about what another check has named: without a service only service.ts speaks.
 * A new check is a new file here and one line in preflight.ts.
 */
export type Check = (inspected: Inspected) => Finding[];
