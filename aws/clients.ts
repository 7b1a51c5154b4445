import { SECOND_MS } from '../core/clock.ts';
import { LAMBDA_TIMEOUT_SECONDS } from '../core/estimate/lambda-size.ts';
import type { Sender } from './call.ts';
import { clientOptions } from './client-options.ts';
import { settingProblem } from './settings.ts';

/** The clients of one account and Region, each made when it is first used. */
export type Clients = {
  cloudWatch: Sender;
  dynamoDb: Sender;
  ecs: Sender;
  elbv2: Sender;
  lambda: Sender;
  /** For functions that are not Cutover's: they may take all of Lambda's time, and are called once. */
  userFunctions: Sender;
  ssm: Sender;
  stepFunctions: Sender;
  sts: Sender;
  /** For checks that a caller may lack the permissions for; a simulated account has those that its world describes. */
  applicationAutoScaling?: Sender;
  ec2?: Sender;
  ecr?: Sender;
  /** Who wrote what a deployment found changed; a caller may lack the permission. */
  cloudTrail?: Sender;
};

/** As in a Lambda, with more time: a person's connection may be slow. */
const ANSWER_MS = 10_000;

/** An invocation is answered when the function has ended: the Command Lambda's whole time, and its way. */
const INVOKE_ANSWER_MS = (LAMBDA_TIMEOUT_SECONDS + 5) * SECOND_MS;

/** A function may take 15 minutes [fact 108]; a repeated call could do its work twice. */
const USER_FUNCTION_ANSWER_MS = 905 * SECOND_MS;

/** Loading a client takes some 50 ms: a command loads those it uses. */
const lazy = (load: () => Promise<Sender>): Sender => {
  let loaded: Promise<Sender> | undefined;
  return {
    async send(command, options) {
      loaded ??= load();
      const client = await loaded;
      try {
        return await client.send(command, options);
      } catch (error) {
        throw settingProblem(error) ?? error;
      }
    },
  };
};

/**
 * Region and credentials come from where every AWS tool takes them, unless a Region is given.
 * @param agents what connections are made by, where that is not the SDK's own way
 */
export const makeClients = (region: string | undefined, agents: object = {}): Clients => {
  const patient = (answerMs: number) => ({
    ...clientOptions({ connectMs: 5_000, answerMs }, agents),
    ...(region === undefined ? {} : { region }),
  });
  const options = patient(ANSWER_MS);
  return {
    cloudWatch: lazy(async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(options)),
    dynamoDb: lazy(async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(options)),
    ecs: lazy(async () => new (await import('@aws-sdk/client-ecs')).ECSClient(options)),
    elbv2: lazy(
      async () =>
        new (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2Client(options),
    ),
    lambda: lazy(
      async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(patient(INVOKE_ANSWER_MS)),
    ),
    userFunctions: lazy(
      async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(patient(USER_FUNCTION_ANSWER_MS)),
    ),
    ssm: lazy(async () => new (await import('@aws-sdk/client-ssm')).SSMClient(options)),
    stepFunctions: lazy(async () => new (await import('@aws-sdk/client-sfn')).SFNClient(options)),
    applicationAutoScaling: lazy(
      async () =>
        new (await import('@aws-sdk/client-application-auto-scaling')).ApplicationAutoScalingClient(options),
    ),
    ec2: lazy(async () => new (await import('@aws-sdk/client-ec2')).EC2Client(options)),
    ecr: lazy(async () => new (await import('@aws-sdk/client-ecr')).ECRClient(options)),
    cloudTrail: lazy(async () => new (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient(options)),
    sts: lazy(async () => new (await import('@aws-sdk/client-sts')).STSClient(options)),
  };
};
