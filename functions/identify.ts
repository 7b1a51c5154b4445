import { createHash } from 'node:crypto';
import type { Holding } from '../aws/store-verbs.ts';
import { deploymentIdOf } from '../core/deployment/deployment-id.ts';
import { serviceKeyOf } from '../core/deployment/service-key.ts';
import type { DeploymentRequest } from '../core/vocabulary/request.types.ts';
import type { Execution } from '../core/vocabulary/state.types.ts';

/** What makes deployment ids differ. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a deployment is called and what it holds, from its execution's input alone. */
export const identify = (
  request: Pick<DeploymentRequest, 'cluster' | 'service'>,
  execution: Execution,
): Holding => ({
  deploymentId: deploymentIdOf({ arn: execution.id, startedAtMs: Date.parse(execution.startedAt) }, sha256),
  serviceKey: serviceKeyOf(request),
  executionArn: execution.id,
});
