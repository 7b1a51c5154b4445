import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { type ApiErrorName, DeploymentError } from '../core/errors.ts';
import { oneLine } from '../core/one-line.ts';
import type { Operation } from './operation.ts';
import { onTheWay, saidOnTheWay } from './way-to-aws.ts';

/**
 * Server faults that carry no status of 500 where they come from: an entry of a PutEvents answer, and services that
 * answer 400 with them.
 */
const SERVER_FAULT_NAMES = new Set([
  // Somebody else's update of the same scalable target is on its way.
  'ConcurrentUpdateException',
  'HealthUnavailableException',
  'InternalError',
  'InternalException',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'InternalServiceFault',
  'ServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);

/** Missing permission. */
const DENIED_NAMES = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);

/** The caller is not who it says it is, or no longer. No policy helps. */
const CREDENTIAL_NAMES = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const CONFLICT_NAMES = new Set([
  'ConditionalCheckFailedException',
  'ConflictException',
  'OperationNotPermitted',
  'OperationNotPermittedException',
  'ResourceInUse',
  'ResourceInUseException',
  'ServiceNotActiveException',
  'TransactionConflictException',
  'UpdateInProgressException',
]);

/** `ClusterNotFoundException` and all its kin; ELBv2's wire codes come without the suffix. */
const NOT_FOUND = /NotFound(Exception|Fault)?$/;

/** A limit on how much there may be, not on how often one may ask: `LimitExceededException` and its kin. */
const QUOTA = /LimitExceeded(Exception|Fault)?$/;

/** Limits on how often one may ask that are named like quotas. */
const RATE_NAMED_LIKE_QUOTA = /^(Request|Bandwidth)LimitExceeded/;

/** ECS words its limit of five task sets a service this way, in an InvalidParameterException [fact 22]. */
const TASK_SET_QUOTA = /\b(deployments|task ?sets) exist/i;

/**
 * CreateTaskSet asks a copy of the load balancers that lags: right after a listener has been given the group, ECS
 * says so of it, as it does of a group that no listener uses [fact 20]. AttachGreen has read the group back a moment
 * before.
 */
const UNATTACHED = /does not have an associated load balancer/i;

/** An error as the SDK's predicates read it: every field beside name and message is optional. */
type SdkError = Parameters<typeof isThrottlingError>[0];

/**
 * The one place that decides what an error of an AWS call means; `null` for anything that is no answer of AWS and
 * no failed connection, such as a mistake in our own code, which must not be taken for one.
 *
 * The SDK's own predicates decide what is throttling and what is transient, with one correction: they take every
 * LimitExceededException for throttling, but ECS answers so when a quota is used up, and asking again does not help
 * [fact 134].
 */
export const classify = (error: unknown): ApiErrorName | null => {
  if (!(error instanceof Error)) return null;
  const answer = error as SdkError;
  const { name, $fault, $metadata } = answer;
  if (QUOTA.test(name) && !RATE_NAMED_LIKE_QUOTA.test(name)) return 'Rejected';
  if (isThrottlingError(answer) || isCrowded(answer)) return 'Throttled';
  if (name === 'AbortError' || onTheWay(error, '', '') !== undefined) return 'Unavailable';
  if (SERVER_FAULT_NAMES.has(name) || $fault === 'server') return 'Unavailable';
  if (isTransientError(answer) || isServerError(answer)) return 'Unavailable';
  if (DENIED_NAMES.has(name) || CREDENTIAL_NAMES.has(name)) return 'AccessDenied';
  if (CONFLICT_NAMES.has(name)) return 'Conflict';
  if (NOT_FOUND.test(name)) return 'NotFound';
  if (isTaskSetQuota(answer)) return 'Conflict';
  if (isUnattached(answer)) return 'Unavailable';
  if ($metadata?.httpStatusCode === 403) return 'AccessDenied';
  return $fault === 'client' || $metadata?.httpStatusCode !== undefined ? 'Rejected' : null;
};

/**
 * RegisterTaskDefinition while others register revisions of the same family: a ClientException, and gone a moment
 * later.
 */
const isCrowded = ({ name, message }: Error): boolean =>
  name === 'ClientException' && /^Too many concurrent attempts to create a new revision/.test(message);

const isTaskSetQuota = (error: Error): boolean =>
  error.name === 'InvalidParameterException' && TASK_SET_QUOTA.test(error.message);

export const isUnattached = (error: unknown): boolean =>
  error instanceof Error && error.name === 'InvalidParameterException' && UNATTACHED.test(error.message);

/** What was being done when the error came. */
type Attempted = {
  /** An infinitive: `read the rules of listener X`. */
  what: string;
  operation: Operation;
  attempts: number;
  /** The invocation ended before the call did. */
  outOfTime?: boolean;
};

/**
 * Wraps an error for a person: what we were doing, what AWS said, what to do. Errors that are not AWS's pass as they
 * are.
 */
export const toDeploymentError = (error: unknown, attempted: Attempted): unknown => {
  const name = classify(error);
  if (name === null || !(error instanceof Error)) return error;
  // AWS's words and the names are of others.
  const message = oneLine(`Could not ${attempted.what}: ${explain(name, error, attempted)}`);
  return new DeploymentError(name, message, { cause: error });
};

/** Of an answer that is no JSON (a proxy's page, most often) the SDK adds where a programmer finds it. */
const firstLine = (error: Error): string =>
  saidOnTheWay(error).replace(/\n\s*Deserialization error: [\s\S]*$/, '');

const explain = (name: ApiErrorName, error: Error, attempted: Attempted): string => {
  const { service } = attempted.operation;
  const said = `${error.name}: ${firstLine(error) || 'no message'}`.replace(/\.$/, '');
  const tries = attempted.attempts === 1 ? '1 attempt' : `${attempted.attempts} attempts`;
  switch (name) {
    case 'Throttled':
      return (
        `${service} still limited the rate after ${tries} (${said}). Let other deployments and scripts ` +
        'of this account finish, or ask AWS for a higher rate.'
      );
    case 'Unavailable': {
      const way = onTheWay(error, said, tries);
      if (way !== undefined) return way;
      if (isUnattached(error)) {
        return (
          `ECS still saw no load balancer of the target group after ${tries} (${said}). If this ` +
          'continues, check that the listener still forwards to the group.'
        );
      }
      return attempted.outOfTime === true
        ? `the time of this invocation was up after ${tries} (${said}). It is tried again by itself; if ` +
            'that continues, see the AWS Health Dashboard.'
        : `${service} gave no usable answer in ${tries} (${said}). If this continues, see the AWS Health Dashboard.`;
    }
    case 'AccessDenied':
      return explainDenied(error, said, attempted.operation);
    case 'NotFound':
      return `${service} knows no such thing (${said}). Check the name, the Region and whether it was deleted.`;
    case 'Conflict':
      return explainConflict(error, said, service);
    case 'Rejected':
      return QUOTA.test(error.name)
        ? `a quota of ${service} is used up (${said}). Remove what is no longer needed or ask AWS for a higher quota.`
        : `${service} refused the request (${said}). Correct what it names and start again.`;
    default:
      return name satisfies never;
  }
};

/** The SDK does not say whether a profile that is named is there. */
const ofProfile = (profile: string | undefined): string =>
  profile === undefined || profile === '' ? '' : ` for the profile "${profile}" of AWS_PROFILE`;

const explainDenied = (error: Error, said: string, operation: Operation): string => {
  if (error.name === 'CredentialsProviderError') {
    return (
      `no credentials were found${ofProfile(process.env.AWS_PROFILE)} (${said}). ` +
      'Sign in with `aws sso login` or `aws configure`, or name a profile in AWS_PROFILE.'
    );
  }
  if (CREDENTIAL_NAMES.has(error.name)) {
    return (
      `${operation.service} did not accept the credentials (${said}). Renew them, and check the Region ` +
      'and the clock.'
    );
  }
  // The message names the action that is missing, which is not always the operation's: CreateTaskSet needs
  // iam:PassRole.
  const action = /\bperform: ([\w-]+:\w+)/.exec(error.message)?.[1] ?? operation.iamAction;
  return `permission ${action} is missing (${said}). Allow ${action} in the policy of the role that made the call.`;
};

const explainConflict = (error: Error, said: string, service: string): string => {
  if (isTaskSetQuota(error)) {
    return (
      `the service has all five task sets that ECS allows (${said}). Preflight of the service lists ` +
      'them, with the commands that delete those which no deployment needs; wait until they have ' +
      'drained, and start again.'
    );
  }
  return `${service} refused it in the present state (${said}). Find out what changed in the meantime and start again.`;
};

/** True when AWS answered with this error name, whatever we made of it. */
export const causedBy = (error: unknown, awsErrorName: string): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.name === awsErrorName;
