import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { causedBy, classify, toDeploymentError } from '../../aws/errors.ts';
import { type Operation, operationOf } from '../../aws/operation.ts';
import { DeploymentError } from '../../core/errors.ts';
import { awsError, lostResponse } from './an-invocation.ts';

const answered = { message: 'said AWS', $metadata: { httpStatusCode: 400 } };
const connection = (code: string): Error => Object.assign(new Error(code), { code });

test.each<[Error, string]>([
  // The errors that the ECS calls we make are modelled with.
  [new ecs.AccessDeniedException(answered), 'AccessDenied'],
  [new ecs.ClientException(answered), 'Rejected'],
  [new ecs.ClusterNotFoundException(answered), 'NotFound'],
  [new ecs.InvalidParameterException(answered), 'Rejected'],
  [new ecs.LimitExceededException(answered), 'Rejected'],
  [new ecs.NamespaceNotFoundException(answered), 'NotFound'],
  [new ecs.PlatformTaskDefinitionIncompatibilityException(answered), 'Rejected'],
  [new ecs.PlatformUnknownException(answered), 'Rejected'],
  [new ecs.ServerException({ ...answered, $metadata: { httpStatusCode: 500 } }), 'Unavailable'],
  [new ecs.ServiceNotActiveException(answered), 'Conflict'],
  [new ecs.ServiceNotFoundException(answered), 'NotFound'],
  [new ecs.TaskSetNotFoundException(answered), 'NotFound'],
  [new ecs.UnsupportedFeatureException(answered), 'Rejected'],
  // ELBv2.
  [new elbv2.IncompatibleProtocolsException(answered), 'Rejected'],
  [new elbv2.InvalidLoadBalancerActionException(answered), 'Rejected'],
  [new elbv2.HealthUnavailableException({ message: 'internal', $metadata: {} }), 'Unavailable'],
  [new elbv2.InvalidTargetException(answered), 'Rejected'],
  [new elbv2.ListenerNotFoundException(answered), 'NotFound'],
  [new elbv2.LoadBalancerNotFoundException(answered), 'NotFound'],
  [new elbv2.OperationNotPermittedException(answered), 'Conflict'],
  [new elbv2.RuleNotFoundException(answered), 'NotFound'],
  [new elbv2.TargetGroupAssociationLimitException(answered), 'Rejected'],
  [new elbv2.TargetGroupNotFoundException(answered), 'NotFound'],
  [new elbv2.TooManyActionsException(answered), 'Rejected'],
  [new elbv2.TooManyUniqueTargetGroupsPerLoadBalancerException(answered), 'Rejected'],
  [new elbv2.UnsupportedProtocolException(answered), 'Rejected'],
  // The others.
  [new cloudwatch.InvalidNextToken(answered), 'Rejected'],
  [new dynamodb.ConditionalCheckFailedException(answered), 'Conflict'],
  [new dynamodb.InternalServerError(answered), 'Unavailable'],
  [new dynamodb.ProvisionedThroughputExceededException(answered), 'Throttled'],
  [new dynamodb.RequestLimitExceeded(answered), 'Throttled'],
  [new dynamodb.ResourceNotFoundException(answered), 'NotFound'],
  // Not modelled, known by name, status or connection.
  [awsError('ThrottlingException', 'Rate exceeded'), 'Throttled'],
  [awsError('Throttling', 'Rate exceeded'), 'Throttled'],
  [awsError('Whatever', 'slow down', 429), 'Throttled'],
  [awsError('ServiceUnavailable', 'later', 503), 'Unavailable'],
  [awsError('InternalFailure', 'oops', 500), 'Unavailable'],
  [awsError('Unknown', 'bad gateway', 502), 'Unavailable'],
  [awsError('NotImplemented', 'no', 501), 'Unavailable'],
  [Object.assign(awsError('SomethingNew'), { $fault: 'server' }), 'Unavailable'],
  [Object.assign(new Error('no'), { $metadata: { httpStatusCode: 505 } }), 'Unavailable'],
  [awsError('ValidationError', "'x' is not a valid ARN"), 'Rejected'],
  [awsError('ValidationException', 'empty key'), 'Rejected'],
  [awsError('UnauthorizedOperation', 'no', 403), 'AccessDenied'],
  [awsError('UnrecognizedClientException', 'The security token is invalid'), 'AccessDenied'],
  [awsError('ExpiredTokenException', 'expired'), 'AccessDenied'],
  [awsError('Forbidden', 'no', 403), 'AccessDenied'],
  [Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' }), 'AccessDenied'],
  [lostResponse(), 'Unavailable'],
  [connection('ECONNRESET'), 'Unavailable'],
  [connection('ECONNREFUSED'), 'Unavailable'],
  [connection('EPIPE'), 'Unavailable'],
  [connection('ENOTFOUND'), 'Unavailable'],
  [Object.assign(new Error('Request aborted'), { name: 'AbortError' }), 'Unavailable'],
])('%s is %s', (error, expected) => {
  expect(classify(error)).toBe(expected);
});

test.each([
  ['a mistake in our own code', new TypeError("Cannot read properties of undefined (reading 'id')")],
  ['what the simulator does not model', new Error('sim does not model ecs StopTask')],
  ['a thrown string', 'oops'],
])('%s is not taken for an answer of AWS and passes unchanged', (_what, error) => {
  expect(classify(error)).toBeNull();
  expect(toDeploymentError(error, attempted())).toBe(error);
});

const operation: Operation = operationOf(
  new ecs.CreateTaskSetCommand({ cluster: 'c', service: 's', taskDefinition: 't' }),
);
const attempted = (attempts = 1, outOfTime = false) => ({
  what: 'create a task set in shop/web',
  operation,
  attempts,
  outOfTime,
});

test('of an answer that is no JSON the SDK’s advice to programmers is left out', () => {
  const error = awsError(
    'SyntaxError',
    'Unexpected token < in JSON\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response',
    502,
  );

  expect(toDeploymentError(error, attempted())).toMatchObject({
    message: expect.stringMatching(/\(SyntaxError: Unexpected token < in JSON\)/),
  });
});

test.each<[string, Error, string[]]>([
  [
    'throttling',
    awsError('ThrottlingException', 'Rate exceeded'),
    ['Amazon ECS', 'ThrottlingException: Rate exceeded', '6 attempts', 'ask AWS for a higher rate'],
  ],
  ['no answer', lostResponse(), ['6 attempts', 'TimeoutError: Connection timed out', 'Health Dashboard']],
  [
    'a missing permission',
    awsError('AccessDeniedException', 'User: arn:aws:sts::1:assumed-role/x is not authorized'),
    ['permission ecs:CreateTaskSet is missing', 'Allow ecs:CreateTaskSet'],
  ],
  [
    'a missing permission of another name',
    awsError('AccessDeniedException', 'User: x is not authorized to perform: iam:PassRole on resource: y'),
    ['permission iam:PassRole is missing', 'Allow iam:PassRole'],
  ],
  [
    'stale credentials',
    awsError('ExpiredTokenException', 'The security token is expired'),
    ['credentials', 'Renew them'],
  ],
  [
    'no credentials',
    awsError('CredentialsProviderError', 'Could not load credentials from any providers'),
    ['no credentials were found', 'aws sso login', 'AWS_PROFILE'],
  ],
  [
    'a Region that there is not',
    Object.assign(new Error('getaddrinfo ENOTFOUND ssm.eu-wst-1.amazonaws.com'), { code: 'ENOTFOUND' }),
    ['no such host', 'ssm.eu-wst-1.amazonaws.com', 'Check the Region and the network'],
  ],
  [
    'an unknown thing',
    awsError('ClusterNotFoundException', 'Cluster not found.'),
    ['knows no such thing (ClusterNotFoundException: Cluster not found)', 'Check the name'],
  ],
  [
    'a service that is not active',
    awsError('ServiceNotActiveException', 'not active'),
    ['present state', 'not active'],
  ],
  [
    'a used up quota',
    awsError('LimitExceededException', 'too many'),
    ['quota of Amazon ECS is used up', 'higher quota'],
  ],
  [
    'wrong parameters',
    awsError('InvalidParameterException', 'The container web did not have a container port 80'),
    ['refused the request', 'container port 80', 'start again'],
  ],
  ['an error without a message', awsError('ServerException', '', 500), ['ServerException: no message']],
])('the message for %s says what we did, what AWS said and what to do', (_what, error, parts) => {
  const wrapped = toDeploymentError(error, attempted(6));

  expect(wrapped).toBeInstanceOf(DeploymentError);
  const { message, cause } = wrapped as DeploymentError;
  expect(message).toMatch(/^Could not create a task set in shop\/web: /);
  for (const part of parts) expect(message).toContain(part);
  expect(cause).toBe(error);
});

test('the quota of five task sets says how to make room', () => {
  const error = awsError(
    'InvalidParameterException',
    '5 deployments exist on the service. Unable to create new deployment before cleanup.',
  );

  const wrapped = toDeploymentError(error, attempted()) as DeploymentError;

  expect(wrapped.name).toBe('Conflict');
  expect(wrapped.message).toContain('all five task sets');
  expect(wrapped.message).toContain('Preflight of the service lists them');
});

test('an invocation whose time is up says so', () => {
  const wrapped = toDeploymentError(lostResponse(), attempted(2, true)) as DeploymentError;

  expect(wrapped.name).toBe('Unavailable');
  expect(wrapped.message).toContain('the time of this invocation was up after 2 attempts');
});

test('the cause is recognised by the name AWS gave it', () => {
  const wrapped = toDeploymentError(awsError('TaskSetNotFoundException'), attempted());

  expect(causedBy(wrapped, 'TaskSetNotFoundException')).toBe(true);
  expect(causedBy(wrapped, 'ServiceNotFoundException')).toBe(false);
  expect(causedBy(new Error('no cause'), 'TaskSetNotFoundException')).toBe(false);
});

test.each([
  [
    new elbv2.ModifyRuleCommand({ RuleArn: 'r' }),
    'Elastic Load Balancing',
    'elasticloadbalancing:ModifyRule',
  ],
  [new cloudwatch.DescribeAlarmsCommand({}), 'Amazon CloudWatch', 'cloudwatch:DescribeAlarms'],
  [new dynamodb.PutItemCommand({ TableName: 't', Item: {} }), 'Amazon DynamoDB', 'dynamodb:PutItem'],
])('the permission of an operation is named as IAM names it (%#)', (command, service, iamAction) => {
  expect(operationOf(command)).toMatchObject({ service, iamAction });
});

test('a command whose class a bundler renamed keeps its name', () => {
  class a extends ecs.UpdateTaskSetCommand {}

  const renamed = new a({ cluster: 'c', service: 's', taskSet: 't', scale: {} });

  expect(operationOf(renamed).iamAction).toBe('ecs:UpdateTaskSet');
});

test('a command without a schema is named after its class', () => {
  class ReadTeaLeavesCommand {}

  expect(operationOf(new ReadTeaLeavesCommand())).toEqual({
    service: 'AWS',
    name: 'ReadTeaLeaves',
    iamAction: 'ReadTeaLeaves',
  });
});

test('others who register a revision of the same family at that moment are waited for', () => {
  const crowded = Object.assign(
    new Error('Too many concurrent attempts to create a new revision of the specified family.'),
    { name: 'ClientException', $fault: 'client' },
  );

  expect(classify(crowded)).toBe('Throttled');
});
