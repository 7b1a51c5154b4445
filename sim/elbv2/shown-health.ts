import type { CheckFailure } from './health-check.ts';

export type Reason =
  | CheckFailure
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.NotInUse'
  | 'Target.NotRegistered'
  | 'Target.DeregistrationInProgress';

const DESCRIPTIONS: Record<Exclude<Reason, 'Target.ResponseCodeMismatch'>, string> = {
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.Timeout': 'Request timed out',
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.NotRegistered': 'Target is not registered to the target group',
  'Target.DeregistrationInProgress': 'Target deregistration is in progress',
};

/** Reason and description as DescribeTargetHealth gives them [fact 85]. */
export const shownHealth = (
  reason: Reason,
  code: number | undefined,
): { Reason: Reason; Description: string } => ({
  Reason: reason,
  Description:
    reason === 'Target.ResponseCodeMismatch'
      ? `Health checks failed with these codes: [${code ?? 503}]`
      : DESCRIPTIONS[reason],
});
