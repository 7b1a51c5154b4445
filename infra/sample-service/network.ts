import { aws_ec2 as ec2, aws_logs as logs, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Two zones, because a load balancer wants two; one NAT gateway, because this is a sample and each costs
 * about $32 a month.
 */
export const makeVpc = (scope: Construct): ec2.IVpc => {
  const flows = new logs.LogGroup(scope, 'FlowLog', {
    retention: logs.RetentionDays.TWO_WEEKS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 1,
    flowLogs: {
      rejected: {
        destination: ec2.FlowLogDestination.toCloudWatchLogs(flows),
        trafficType: ec2.FlowLogTrafficType.REJECT,
      },
    },
  });
  // The CDK's classes miss their own interfaces by `exactOptionalPropertyTypes`.
  return vpc as ec2.IVpc;
};

/**
 * Ports that Docker picks from for a container without a host port, as the ECS developer guide gives them.
 */
export const DYNAMIC_PORTS = ec2.Port.tcpRange(32_768, 65_535);

/** Everybody in the VPC. One that was imported by its attributes knows its addresses only if they were given. */
export const addressesOf = (vpc: ec2.IVpc): ec2.IPeer => {
  try {
    return ec2.Peer.ipv4(vpc.vpcCidrBlock);
  } catch (cause) {
    throw new Error(
      'expected a VPC with vpcCidrBlock, because an internal load balancer lets in the addresses of its ' +
        'VPC and nobody else; ' +
        'give it to Vpc.fromVpcAttributes, or use Vpc.fromLookup',
      { cause },
    );
  }
};
