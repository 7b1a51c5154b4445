import { aws_dynamodb as dynamodb, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Leases, records and the history of every deployment. */
export const makeTable = (scope: Construct): dynamodb.Table =>
  new dynamodb.Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    // Leases and records outlive the stack: losing a lease in the middle of a deployment would let a second
    // one in.
    removalPolicy: RemovalPolicy.RETAIN,
    deletionProtection: true,
  });
