import { observeForPlan } from '../../aws/plan-observation.ts';
import { observeDocument } from '../../aws/task-definitions.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { type Estimate, estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import { beingDeployed } from '../../core/plan/preflight/being-deployed.ts';
import { escalate } from '../../core/plan/preflight/escalate.ts';
import type { Fields } from '../../core/request/read-field.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { UsageError } from '../usage-error.ts';
import type { Account } from './account.ts';
import type { Candidate } from './candidate.ts';
import type { Target } from './target.ts';

/** Reading everything around a service with many routes takes some dozens of calls. */
const READING_MS = 90 * SECOND_MS;

export type CheckedService = {
  plan: Plan | null;
  findings: Finding[];
  estimate: Estimate | null;
  refused: boolean;
};

/** What the workflow's own checks, and those that only a person's rights allow, find before anything is changed. */
export const checkService = async (
  { account, installed }: { account: Account; installed: boolean },
  target: Target,
  fields: Fields,
  candidate: Candidate,
  strict: boolean,
): Promise<CheckedService> => {
  const name = 'document' in candidate ? String(candidate.document.family) : candidate.taskDefinition;
  const parsed = parseRequest({ ...fields, taskDefinition: name });
  if (!parsed.ok) throw new UsageError(`--task-definition: expected a name, found "${name}"`);
  const { request } = parsed;

  const verbs = account.verbs({ limitMs: READING_MS });
  const serviceKey = serviceKeyOf(target);
  const lease = installed ? await verbs.leases.read(serviceKey) : null;
  if (lease?.holder !== undefined) {
    return { plan: null, findings: [beingDeployed(serviceKey, lease.holder)], estimate: null, refused: true };
  }

  const { taskDefinitions } = verbs;
  const observing = {
    ...verbs,
    taskDefinitions: {
      read: async (wanted: string) =>
        'document' in candidate && wanted === name
          ? observeDocument(candidate.document)
          : taskDefinitions.read(wanted),
    },
  };
  const observed = await observeForPlan(observing, request, lease?.lastGroups ?? []);
  const surroundings = await verbs.surroundings(observed, request);
  const { plan, findings } = planDeployment({ ...observed, surroundings }, request);
  const refused = escalate(findings, strict).some(({ severity }) => severity === 'error');
  return { plan, findings, estimate: plan === null ? null : estimateOf(plan), refused };
};
