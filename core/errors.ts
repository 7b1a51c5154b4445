/**
 * Every error name a step can raise. Names are wire format: Step Functions puts `error.name` into
 * the execution history and the state machine's Catch and Retry clauses match on it.
 */
export const errorNames = [
  /** The request is not of the documented shape. Nothing was read or written. */
  'InvalidRequest',
  /** Another deployment holds the service's lease, or one of another installation was first to launch its green. */
  'ServiceBusy',
  /** The service, its load balancer or its alarms are not fit to be deployed to. Nothing was written. */
  'PreflightFailed',
  /** The lease expired or was taken: this deployment may no longer write. */
  'LeaseLost',
  /** Live weights are neither what we last wrote nor what we are about to write. */
  'TrafficDrifted',
  /** A group about to gain weight has too few healthy targets. */
  'NotEnoughHealthyTargets',
  /** A hook has to succeed before what the step was about to do. */
  'HooksDue',
  /** A person aborted the deployment before blue began to go. */
  'Aborted',
  /** A step was asked to break one of core/safety/invariants.ts, and did not. */
  'InvariantBroken',
  /** The API's rate limit, after our retries. */
  'Throttled',
  /** The API failed or did not answer in time, after our retries. */
  'Unavailable',
  /** The caller lacks an IAM permission. */
  'AccessDenied',
  /** A cluster, service, listener, rule, group or task set that should exist does not. */
  'NotFound',
  /** A conditional write lost, or the resource is in a state that forbids the call. */
  'Conflict',
  /** AWS refused the call's parameters. */
  'Rejected',
] as const;

export type ErrorName = (typeof errorNames)[number];

/** What any AWS call may end with after classification (aws/errors.ts). */
export const apiErrors = [
  'Throttled',
  'Unavailable',
  'AccessDenied',
  'NotFound',
  'Conflict',
  'Rejected',
] as const satisfies readonly ErrorName[];

export type ApiErrorName = (typeof apiErrors)[number];

/** Errors that may go away by themselves; the state machine retries these and nothing else of ours. */
export const retryableErrorNames = ['Throttled', 'Unavailable'] as const satisfies readonly ErrorName[];

/** The one error class of the project. Its message says what was expected, what was found and what to do. */
export class DeploymentError extends Error {
  override readonly name: ErrorName;

  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

export const isDeploymentError = (error: unknown, ...names: ErrorName[]): error is DeploymentError =>
  error instanceof DeploymentError && (names.length === 0 || names.includes(error.name));
