export type ApiService =
  | 'application-autoscaling'
  | 'cloudtrail'
  | 'ec2'
  | 'ecr'
  | 'ecs'
  | 'elbv2'
  | 'cloudwatch'
  | 'dynamodb'
  | 'eventbridge'
  | 'sfn'
  | 'ssm'
  | 'sts';

export type ApiCall = {
  service: ApiService;
  operation: string;
  input: unknown;
  /** Counts from 0 over all calls of the run. */
  index: number;
  /** The Lambda step that made it, when one did, and for which execution. */
  by: string | undefined;
  executionArn: string | undefined;
};

/**
 * What a fault does to a call: `lost` does it and loses the answer, `unsent` loses it on the way there, `dieBefore` and
 * `dieAfter` end the caller's process before the call arrives or after it was done; `denied` is a missing permission;
 * `unattached` is CreateTaskSet before ECS sees that a load balancer uses the target group; `silent` does it and never
 * answers, not even when a client's patience ends.
 */
export type CallFault =
  | 'throttle'
  | 'lost'
  | 'unsent'
  | 'serverError'
  | 'denied'
  | 'unattached'
  | 'twice'
  | 'dieBefore'
  | 'dieAfter'
  | 'silent';

/** Called for each call as it reaches the service; the first fault named wins. */
export type CallInterceptor = (call: ApiCall) => CallFault | undefined;
