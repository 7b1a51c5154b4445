import type {
  MoveObservation,
  ReadGroup,
  ReadRoute,
  ReadService,
} from '../../../core/adoption/adoption.types.ts';
import { movePlan } from '../../../core/adoption/move-plan.ts';
import { moveNames } from '../../../core/adoption/names.ts';

export const names = moveNames('main', 'shop', 'shop-x');
export const plan = movePlan('adopt', names, { shares: [10, 100], removeGroups: false, nativeRoleArn: null });
const MARK = { 'cutover:moved-from': 'main/shop' };

export const group = (name: string, rest: Partial<ReadGroup> = {}): ReadGroup => ({
  arn: name,
  name,
  settings: {},
  attributes: {},
  tags: name === 'old' ? {} : MARK,
  registered: 4,
  healthy: 4,
  reasons: [],
  ...rest,
});

export const service = (name: string, rest: Partial<ReadService> = {}): ReadService => ({
  arn: name,
  name,
  cluster: 'main',
  status: 'ACTIVE',
  controller: 'ECS',
  strategy: 'ROLLING',
  desired: 4,
  running: 4,
  taskDefinition: 'shop:1',
  balancer: { targetGroupArn: 'old', alternateArn: null, container: 'web', port: 80 },
  launch: {},
  registries: [],
  kept: {},
  graceSeconds: null,
  tags: {},
  taskSets: [],
  ...rest,
});

export const twin = (rest: Partial<ReadService> = {}): ReadService =>
  service('shop-x', {
    controller: 'EXTERNAL',
    tags: { ...MARK, 'cutover:served-from': 'old' },
    taskSets: [
      {
        id: 'set',
        status: 'PRIMARY',
        steady: true,
        scalePercent: 100,
        running: 4,
        targetGroupArn: 'shop-x-blue',
      },
    ],
    ...rest,
  });

export const route = (
  arn: string,
  weights: Record<string, number>,
  rest: Partial<ReadRoute> = {},
): ReadRoute => ({
  arn,
  kind: 'rule',
  listenerArn: 'listener',
  label: arn,
  priority: 10,
  conditions: [],
  groups: Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
  before: [],
  stickySeconds: null,
  ...rest,
});

export const preview = route(
  'preview',
  { 'shop-x-blue': 100, 'shop-x-green': 0 },
  {
    priority: 9,
    conditions: [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-cutover', Values: ['shop-x'] } },
    ],
  },
);

/** Everything is made, and no user has moved. */
export const made = (rest: Partial<MoveObservation> = {}): MoveObservation => ({
  old: service('shop'),
  twin: twin(),
  groups: [group('old'), group('shop-x-blue'), group('shop-x-green', { healthy: 0, registered: 0 })],
  loose: [],
  routes: [preview, route('users', { old: 1 })],
  priorities: { listener: [9, 10] },
  scaling: { old: null, twin: null },
  alarms: [],
  deploying: null,
  failedStarts: [],
  network: false,
  ...rest,
});

export const short = (name: string, healthy: number): ReadGroup[] => [
  ...made().groups.filter((one) => one.name !== name),
  group(name, { healthy }),
];

export const at = (percent: number): ReadRoute[] => [
  preview,
  route('users', { old: 100 - percent, 'shop-x-blue': percent, 'shop-x-green': 0 }),
];
