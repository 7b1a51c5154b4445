import { Duration, aws_iam as iam, RemovalPolicy, Stack, aws_s3 as s3, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Who writes access logs: application load balancers under the first name, network load balancers under the
 * second.
 */
const WRITERS = ['logdelivery.elasticloadbalancing.amazonaws.com', 'delivery.logs.amazonaws.com'];

/**
 * Access logs tell which target answered a request and with what: the first thing to read when a shift shows
 * errors.
 */
export const makeAccessLogBucket = (scope: Construct): s3.Bucket => {
  const { account } = Stack.of(scope);
  const bucket = new s3.Bucket(scope, 'AccessLogs', {
    // The only encryption that load balancers can write with.
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(30) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });

  const principals = WRITERS.map((writer) => new iam.ServicePrincipal(writer));
  const conditions = { StringEquals: { 'aws:SourceAccount': account } };
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
      conditions,
    }),
  );
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals,
      actions: ['s3:GetBucketAcl'],
      resources: [bucket.bucketArn],
      conditions,
    }),
  );
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'The bucket holds nothing but logs; logging who reads them would need another bucket of the same kind.',
  });
  return bucket;
};
