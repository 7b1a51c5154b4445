/**
 * What lies around a service and is read only where the caller may: by the command line, and by nothing that deploys.
 * PlanDeployment's role has none of these permissions, so its checks do without.
 */

/** One optional read: what was seen, or why nothing was, or that nobody looked. */
export type Look<Value> =
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

export type ObservedScaling = {
  minCapacity: number;
  maxCapacity: number;
  scaleInSuspended: boolean;
};

/** Blue's tasks that ECS may not stop for now. */
export type ObservedProtection = {
  tasks: number;
  protectedTasks: number;
  /** Of the protected ones, as the API takes them. */
  protectedIds: string[];
  /** When the last protection ends, for people: `2026-11-20T10:00:00.000Z`. */
  until?: string;
};

export type Surroundings = {
  securityGroups: Look<ObservedSecurityGroup[]>;
  subnets: Look<ObservedSubnet[]>;
  images: Look<ObservedImage[]>;
  /** Null: the service is no scalable target. */
  scaling: Look<ObservedScaling | null>;
  protection: Look<ObservedProtection>;
};

/** Undefined: nobody looked, or the look was in vain, which not-checked.ts says. */
export const seen = <Value>(look: Look<Value> | undefined): Value | undefined =>
  look?.kind === 'seen' ? look.value : undefined;
