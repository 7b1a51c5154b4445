import type { Finding } from '../../vocabulary/finding.types.ts';
import type { PlanObservation } from '../../vocabulary/observation.types.ts';
import type { DeploymentRequest } from '../../vocabulary/request.types.ts';
import type { Discovery } from '../discovery.ts';

/** What every check may read. */
export type Inspected = { observed: PlanObservation; request: DeploymentRequest; found: Discovery };

/**
 * One theme of mistakes. Pure, and silent about what another check has named: without a service only service.ts speaks.
 * A new check is a new file here and one line in preflight.ts.
 */
export type Check = (inspected: Inspected) => Finding[];
