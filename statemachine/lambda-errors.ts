/**
 * Lambda's own failures, by the names under which Step Functions meets them. Every Retry of deploy.asl.json names all
 * of them (test/contract.test.ts), and the simulator and the proofs draw among them.
 */

/**
 * An invocation that ended without an answer: the process exited or was killed, ran out of memory or out of time, its
 * sandbox or an extension failed. Which name arrives depends on how it ended; older runtimes report only the first.
 * [fact 108]
 */
export const lambdaDeaths = [
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Runtime.Unknown',
  'Sandbox.Timedout',
  'Sandbox.Failure',
  'Extension.Crash',
] as const;

/** The Lambda service did not take the invocation, or lost it. [fact 108] */
export const lambdaOutages = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
] as const;

/** No free concurrency: a queue like any other rate limit, so it is waited for as long as `Throttled` is. [fact 108] */
export const lambdaThrottles = ['Lambda.TooManyRequestsException'] as const;
