import type { ObservedScaling } from './scaling.types.ts';

/**
 * What lies around a service and is read only where the caller may: by the command line, and by nothing that deploys.
 * PlanDeployment's role has none of these permissions but the one for what scales the service, which it reads itself.
 */

/** One optional read: what was seen, or why nothing was, or that nobody read. */
export type Reading<Value> =
  | { kind: 'seen'; value: Value }
  | { kind: 'notSeen'; permission: string; why: string; denied: boolean }
  | { kind: 'notAsked' };

export type SecurityRule = {
  /** `tcp`, `udp`, `-1` for all, or a number. */
  protocol: string;
  /** Absent: all ports. */
  fromPort?: number;
  toPort?: number;
  /** The other side: groups, or address ranges and prefix lists. */
  groups: string[];
  ranges: string[];
};

export type ObservedSecurityGroup = {
  id: string;
  ingress: SecurityRule[];
  egress: SecurityRule[];
};

export type ObservedSubnet = {
  id: string;
  vpcId?: string;
  availabilityZone: string;
  freeAddresses: number;
};

/** One image of the task definition that an ECR registry of this Region should have. */
export type ObservedImage = { image: string; repository: string; exists: boolean };

/** Blue's tasks that ECS may not stop for now. */
export type ObservedProtection = {
  tasks: number;
  protectedTasks: number;
  /** Of the protected ones, as the API takes them. */
  protectedIds: string[];
  /** When the last protection ends, for people: `2026-11-20T10:00:00.000Z`. */
  until?: string;
};

/** A listener or a rule with its tags, by their names. */
export type TaggedRoute = { arn: string; tags: Record<string, string> };

/** ARNs with IAM's wildcards, of what the installation's roles may call and run as hooks. */
export type AllowedHooks = { functions: string[]; taskDefinitions: string[] };

export type Surroundings = {
  securityGroups: Reading<ObservedSecurityGroup[]>;
  subnets: Reading<ObservedSubnet[]>;
  images: Reading<ObservedImage[]>;
  /** Null: the service is no scalable target. */
  scaling: Reading<ObservedScaling | null>;
  protection: Reading<ObservedProtection>;
  /** Of the routes that a deployment would write. */
  owners: Reading<TaggedRoute[]>;
  /** Of the installation that would deploy. */
  allowedHooks: Reading<AllowedHooks>;
};

/** Undefined: nobody read it, or the read failed, which not-checked.ts reports. */
export const seen = <Value>(reading: Reading<Value> | undefined): Value | undefined =>
  reading?.kind === 'seen' ? reading.value : undefined;
