import type { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';

export type Colour = 'Blue' | 'Green';
export const colours: readonly Colour[] = ['Blue', 'Green'];

/** What both kinds of load balancer have in common for the rest of the sample. */
export type Balancer = {
  kind: 'application' | 'network';
  loadBalancer: elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer;
  securityGroup: ec2.SecurityGroup;
  groups: Record<Colour, elbv2.ApplicationTargetGroup | elbv2.NetworkTargetGroup>;
  /** The listener that holds the weights, or whose rules do. */
  listenerArn: string;
  url: string;
};

export type BalancerProps = {
  vpc: ec2.IVpc;
  internetFacing: boolean;
  targetType: elbv2.TargetType;
  deregistrationDelaySeconds: number;
  bootSeconds: number;
};
