import { DeploymentError } from '../core/errors.ts';

/** The SDK finds out only when it is about to send, and has no name for it. */
export const withoutRegion = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Region is missing';

/** The person's to say: no call was made. */
export const noRegion = new DeploymentError(
  'Rejected',
  'Expected a Region, found none: give one with --region, in AWS_REGION, or with `aws configure`.',
);
