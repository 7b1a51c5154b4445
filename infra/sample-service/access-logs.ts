import { Duration, aws_iam as iam, RemovalPolicy, Stack, aws_s3 as s3, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Balancer } from './balancer.types.ts';

/**
 * Access logs show which target answered a request and with what: the first thing to read when a shift shows
 * errors. A network load balancer writes them of TLS connections only.
 */
export const makeAccessLogBucket = (scope: Construct, kind: Balancer['kind']): s3.Bucket => {
  const { account } = Stack.of(scope);
  const bucket = new s3.Bucket(scope, 'AccessLogs', {
    // The only encryption that load balancers can write with.
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(30) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });

  for (const statement of writing(kind, bucket, account)) bucket.addToResourcePolicy(statement);
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'The bucket holds nothing but logs; logging who reads them would need another bucket of the same kind.',
  });
  return bucket;
};

/**
 * Application load balancers write as Elastic Load Balancing, whose requests are not known to carry the account they
 * are for: the path, which does, is the limit that AWS's guide gives. Network load balancers write by CloudWatch
 * Logs, which names the reader and reads the bucket's ACL first.
 */
const writing = (kind: Balancer['kind'], bucket: s3.Bucket, account: string): iam.PolicyStatement[] => {
  const objects = [bucket.arnForObjects(`AWSLogs/${account}/*`)];
  if (kind === 'application') {
    const principals = [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')];
    return [new iam.PolicyStatement({ principals, actions: ['s3:PutObject'], resources: objects })];
  }
  const principals = [new iam.ServicePrincipal('delivery.logs.amazonaws.com')];
  const conditions = { StringEquals: { 'aws:SourceAccount': account } };
  return [
    new iam.PolicyStatement({ principals, actions: ['s3:PutObject'], resources: objects, conditions }),
    new iam.PolicyStatement({
      principals,
      actions: ['s3:GetBucketAcl'],
      resources: [bucket.bucketArn],
      conditions,
    }),
  ];
};
