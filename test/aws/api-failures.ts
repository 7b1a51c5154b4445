import { awsError } from './an-invocation.ts';

/** How a table, or an execution, may fail, and what an adapter has to make of it. */
export const apiFailures: [Error, string][] = [
  [awsError('ResourceNotFoundException', 'Requested resource not found'), 'NotFound'],
  [awsError('AccessDeniedException'), 'AccessDenied'],
  [awsError('ThrottlingException', 'Rate exceeded'), 'Throttled'],
  [awsError('ProvisionedThroughputExceededException'), 'Throttled'],
  [awsError('InternalServerError', 'oops', 500), 'Unavailable'],
  [awsError('ValidationException'), 'Rejected'],
];
