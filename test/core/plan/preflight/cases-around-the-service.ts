import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';
import type { ObservedScaling, ScalingPolicy } from '../../../../core/vocabulary/scaling.types.ts';
import type {
  ObservedSecurityGroup,
  ObservedSubnet,
  Reading,
  SecurityRule,
  Surroundings,
} from '../../../../core/vocabulary/surroundings.types.ts';
import {
  aBalancer,
  aGroup,
  anAlarm,
  anObservation,
  aService,
  aTaskDefinition,
  aTaskSet,
  BLUE_GROUP,
  GREEN_GROUP,
  LISTENER,
  NEW_REVISION,
  THIRD_GROUP,
} from '../../an-observation.ts';
import type { Case } from './case.types.ts';

export const seen = <Value>(value: Value): Reading<Value> => ({ kind: 'seen', value });

export const aRule = (changes: Partial<SecurityRule> = {}): SecurityRule => ({
  protocol: 'tcp',
  fromPort: 8080,
  toPort: 8080,
  groups: [],
  ranges: [],
  ...changes,
});
const outbound = aRule({ protocol: '-1', ranges: ['0.0.0.0/0'] });

/** `sg-a` of the tasks, `sg-lb` of the load balancer. */
export const guarded = (
  ingress: SecurityRule[],
  egressOfBalancer: SecurityRule[] = [outbound],
): ObservedSecurityGroup[] => [
  { id: 'sg-a', ingress, egress: [outbound] },
  { id: 'sg-lb', ingress: [aRule({ fromPort: 443, toPort: 443 })], egress: egressOfBalancer },
];
const fromBalancer = aRule({ groups: ['sg-lb'] });

const aSubnet = (changes: Partial<ObservedSubnet> = {}): ObservedSubnet => ({
  id: 'subnet-a',
  vpcId: 'vpc-a',
  availabilityZone: 'eu-west-1a',
  freeAddresses: 200,
  ...changes,
});

/** Two zones, both groups, images, no scaling: nothing wrong. */
export const theSurroundings = (changes: Partial<Surroundings> = {}): Surroundings => ({
  securityGroups: seen(guarded([fromBalancer])),
  subnets: seen([aSubnet(), aSubnet({ id: 'subnet-b', availabilityZone: 'eu-west-1b' })]),
  images: seen([{ image: 'shop:8', repository: 'shop', exists: true }]),
  scaling: seen(null),
  protection: seen({ tasks: 2, protectedTasks: 0, protectedIds: [] }),
  owners: seen([]),
  allowedHooks: { kind: 'notAsked' },
  ...changes,
});

const network = (subnets: string[], securityGroups = ['sg-a']) => ({
  subnets,
  securityGroups,
  assignPublicIp: 'DISABLED' as const,
});
export const wellSurrounded = (changes: Partial<PlanObservation> = {}): PlanObservation =>
  anObservation({
    service: aService({ taskSets: [aTaskSet({ network: network(['subnet-a', 'subnet-b']) })] }),
    surroundings: theSurroundings(),
    ...changes,
  });
const around = (changes: Partial<Surroundings>, more: Partial<PlanObservation> = {}): PlanObservation =>
  wellSurrounded({ surroundings: theSurroundings(changes), ...more });
const shut = (ingress: SecurityRule[], egress?: SecurityRule[], more?: Partial<PlanObservation>) =>
  around({ securityGroups: seen(guarded(ingress, egress)) }, more);
const SMOKE_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:shop-smoke:live';
const allowing = (...functions: string[]) =>
  around({ allowedHooks: seen({ functions, taskDefinitions: [] }) });
/** The listener's default action, tagged. */
const owned = (tags: Record<string, string>) => around({ owners: seen([{ arn: LISTENER, tags }]) });
const subnets = (...all: ObservedSubnet[]) => around({ subnets: seen(all) });
const cpu: ScalingPolicy = {
  name: 'cpu60',
  kind: 'targetTracking',
  metric: 'ECSServiceAverageCPUUtilization',
};
/** Two to ten tasks by the CPU's use, nothing suspended. */
export const aScaling = (changes: Partial<ObservedScaling> = {}): ObservedScaling => ({
  resourceId: 'service/production/shop',
  minCapacity: 2,
  maxCapacity: 10,
  suspended: { scaleIn: false, scaleOut: false, scheduled: false },
  policies: [cpu],
  scheduled: [],
  ...changes,
});
const scaling = (changes: Partial<ObservedScaling> = {}) => around({ scaling: seen(aScaling(changes)) });
const leave = { autoscaling: 'leave' };
const byRequests = (group: string): Partial<ObservedScaling> => ({
  policies: [
    {
      ...cpu,
      name: 'requests',
      metric: 'ALBRequestCountPerTarget',
      targetGroup: group.split(':').at(-1) as string,
    },
  ],
});
const healthPort = (port: string) => {
  const { healthCheck } = aGroup(GREEN_GROUP);
  return [BLUE_GROUP, GREEN_GROUP].map((arn) => aGroup(arn, { healthCheck: { ...healthCheck, port } }));
};
const alarms = (...found: ReturnType<typeof anAlarm>[]) =>
  anObservation({ alarms: { alarms: found, missing: [] } });
const wide = { ...anAlarm('balancer-5xx'), wholeLoadBalancer: true };

/** Findings about what lies around the service, which only a caller with the permissions to read gets. */
export const casesAroundTheService: Case[] = [
  {
    id: 'security-group-shuts-out-load-balancer',
    row: '151',
    severity: 'error',
    found:
      "sg-a of green's tasks to let the load balancer shop (sg-lb) in on tcp 8080 (traffic), found no rule",
    observed: shut([aRule({ groups: ['sg-other'] }), aRule({ fromPort: 80, toPort: 80, groups: ['sg-lb'] })]),
    silent: { observed: shut([fromBalancer]) },
  },
  {
    id: 'security-group-holds-load-balancer',
    row: '151',
    severity: 'error',
    found: 'sg-lb of the load balancer shop to let it out to sg-a on tcp 8080 (traffic)',
    observed: shut([fromBalancer], [aRule({ fromPort: 80, toPort: 80, groups: ['sg-a'] })]),
    silent: { observed: shut([fromBalancer], [aRule({ groups: ['sg-a'] })]) },
  },
  {
    id: 'security-group-open-to-everyone',
    row: 'checklist 16',
    severity: 'warning',
    found: 'found tcp 8080 (traffic) open to 0.0.0.0/0 and ::/0',
    observed: shut([fromBalancer, aRule({ ranges: ['0.0.0.0/0', '10.0.0.0/8', '::/0'] })]),
    silent: {
      observed: shut([fromBalancer, aRule({ fromPort: 22, toPort: 22, ranges: ['0.0.0.0/0'] })]),
    },
  },
  {
    id: 'security-group-not-found',
    row: '151',
    severity: 'error',
    found: 'sg-gone',
    observed: wellSurrounded(),
    request: { network: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-gone'] } },
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'subnet-not-found',
    row: '152',
    severity: 'error',
    found: 'subnet-b',
    observed: subnets(aSubnet()),
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'subnet-in-other-vpc',
    row: '152',
    severity: 'error',
    found: 'in vpc-a, the VPC of shop-green, found subnet-b in vpc-b',
    observed: subnets(aSubnet(), aSubnet({ id: 'subnet-b', vpcId: 'vpc-b', availabilityZone: 'eu-west-1b' })),
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'subnet-zone-not-enabled',
    row: '152',
    severity: 'error',
    found: 'the load balancer shop (eu-west-1a, eu-west-1b), found subnet-b in eu-west-1c',
    observed: subnets(aSubnet(), aSubnet({ id: 'subnet-b', availabilityZone: 'eu-west-1c' })),
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'subnets-full',
    row: '152',
    severity: 'error',
    found: "green's 2 tasks beside blue's, found 1 free: 1 in subnet-a, 0 in subnet-b",
    observed: subnets(
      aSubnet({ freeAddresses: 1 }),
      aSubnet({ id: 'subnet-b', availabilityZone: 'eu-west-1b', freeAddresses: 0 }),
    ),
    silent: {
      observed: subnets(
        aSubnet({ freeAddresses: 1 }),
        aSubnet({ id: 'subnet-b', availabilityZone: 'eu-west-1b', freeAddresses: 1 }),
      ),
    },
  },
  {
    id: 'tasks-in-one-zone',
    row: '152',
    severity: 'warning',
    found: 'found eu-west-1a only, while the load balancer is in eu-west-1a, eu-west-1b',
    observed: subnets(aSubnet(), aSubnet({ id: 'subnet-b' })),
    silent: {
      observed: around(
        { subnets: seen([aSubnet(), aSubnet({ id: 'subnet-b' })]) },
        { loadBalancers: [aBalancer({ availabilityZones: ['eu-west-1a'] })] },
      ),
    },
  },
  {
    id: 'image-not-found',
    row: '159',
    severity: 'error',
    found: `the image shop:9 of ${NEW_REVISION}, found none in the ECR repository shop`,
    observed: around({ images: seen([{ image: 'shop:9', repository: 'shop', exists: false }]) }),
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'scaling-active',
    row: '166',
    severity: 'warning',
    found: 'free to move shop between 2 and 10 tasks',
    observed: scaling(),
    request: leave,
    silent: { observed: scaling() },
  },
  {
    id: 'scaling-out-of-range',
    row: '166',
    severity: 'error',
    found: "within its scalable target's 3 to 10 tasks, found 2",
    observed: scaling({ minCapacity: 3 }),
    silent: { observed: scaling({ minCapacity: 2 }) },
  },
  {
    id: 'scaling-takes-from-green',
    row: '166',
    severity: 'error',
    found: 'found requests with ALBRequestCountPerTarget of shop-blue alone',
    observed: scaling(byRequests(BLUE_GROUP)),
    request: leave,
    silent: { observed: scaling(byRequests(THIRD_GROUP)), request: leave },
  },
  {
    id: 'scaling-follows-one-group',
    row: '166',
    severity: 'warning',
    found: 'scale-in is suspended until the deployment ends',
    observed: scaling(byRequests(GREEN_GROUP)),
    silent: { observed: scaling() },
  },
  {
    id: 'scaling-counts-both-colours',
    row: '166',
    severity: 'warning',
    found: 'found busy, which counts from those that run: 4 while both colours do',
    observed: scaling({ policies: [{ name: 'busy', kind: 'step' }] }),
    silent: { observed: scaling({ policies: [{ name: 'busy', kind: 'step' }], maxCapacity: 4 }) },
  },
  {
    id: 'hook-not-allowed',
    row: '-',
    severity: 'error',
    found: 'found that it may only call arn:aws:lambda:*:111122223333:function:orders-*',
    observed: allowing('arn:aws:lambda:*:111122223333:function:orders-*'),
    request: { hooks: [{ name: 'smoke', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN }] },
    silent: {
      observed: allowing('arn:aws:lambda:*:111122223333:function:shop-*:live'),
      request: { hooks: [{ name: 'smoke', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN }] },
    },
  },
  {
    id: 'route-has-an-owner',
    row: '49',
    severity: 'warning',
    found: 'found that its tags name ShopRule of the CloudFormation stack shop-web',
    observed: owned({
      'aws:cloudformation:stack-name': 'shop-web',
      'aws:cloudformation:logical-id': 'ShopRule',
    }),
    silent: { observed: owned({ team: 'shop' }) },
  },
  {
    id: 'tasks-protected',
    row: '165',
    severity: 'warning',
    found: 'found 1 task of 2 protected from scale-in, the last until 2026-11-20T10:00:00.000Z',
    observed: around({
      protection: seen({
        tasks: 2,
        protectedTasks: 1,
        protectedIds: ['0123456789abcdef0123456789abcdef'],
        until: '2026-11-20T10:00:00.000Z',
      }),
    }),
    silent: { observed: wellSurrounded() },
  },
  {
    id: 'tasks-not-placed',
    row: '165',
    severity: 'warning',
    found:
      'found that ECS lately was unable to place a task because no container instance met all of its ' +
      'requirements; green',
    observed: anObservation({
      service: aService({
        placementTrouble:
          'was unable to place a task because no container instance met all of its requirements.',
      }),
    }),
  },
  {
    id: 'platform-version-too-old',
    row: '158',
    severity: 'error',
    found: `1.4.0 or later for an EFS volume and ARM64 in ${NEW_REVISION}, found 1.3.0`,
    observed: anObservation({
      service: aService({ taskSets: [aTaskSet({ platformVersion: '1.3.0' })] }),
      taskDefinition: aTaskDefinition({ needsPlatform: ['an EFS volume', 'ARM64'] }),
    }),
    silent: {
      observed: anObservation({
        service: aService({ taskSets: [aTaskSet({ platformVersion: 'LATEST' })] }),
        taskDefinition: aTaskDefinition({ needsPlatform: ['an EFS volume', 'ARM64'] }),
      }),
    },
  },
  {
    id: 'not-checked',
    row: 'issue 5',
    severity: 'warning',
    found: 'whether the images are in ECR, found no permission to read: needs ecr:DescribeImages',
    observed: around({
      images: { kind: 'notSeen', permission: 'ecr:DescribeImages', why: 'denied', denied: true },
    }),
    silent: { observed: around({ images: { kind: 'notAsked' } }) },
  },
  {
    id: 'several-target-groups',
    row: 'checklist 18',
    severity: 'error',
    found: 'one target group for shop, found 2 target groups (shop-blue, shop-third)',
    observed: anObservation({
      service: aService({ taskSets: [aTaskSet({ otherTargetGroupArns: [THIRD_GROUP] })] }),
    }),
  },
  {
    id: 'health-check-port-not-mapped',
    row: '153',
    severity: 'warning',
    found: `on a port of ${NEW_REVISION} (8080), found 9090`,
    observed: anObservation({ groups: healthPort('9090') }),
    silent: { observed: anObservation({ groups: healthPort('8080') }) },
  },
  {
    id: 'alarms-not-scoped',
    row: '118',
    severity: 'warning',
    found: 'found balancer-5xx on the whole load balancer only',
    observed: alarms(wide),
    silent: { observed: alarms(wide, anAlarm('app-errors')) },
  },
];

/** A second port for health checks, and everything open between the two. */
export const withHealthPort = (ingress: SecurityRule[]): PlanObservation =>
  shut(ingress, undefined, {
    groups: healthPort('9090'),
    taskDefinition: aTaskDefinition({
      containers: aTaskDefinition().containers.map((container) => ({
        ...container,
        ports: [8080, 9090].map((containerPort) => ({ containerPort, protocol: 'tcp' })),
      })),
    }),
  });
