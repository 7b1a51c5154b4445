/** Where tasks run, in the words of ECS's API. */

export type CapacityProvider = { capacityProvider: string; weight: number; base: number };

export type AwsVpcNetwork = {
  subnets: string[];
  securityGroups: string[];
  assignPublicIp: 'ENABLED' | 'DISABLED';
};
