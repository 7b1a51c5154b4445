import { readdirSync, readFileSync } from 'node:fs';

export const exampleFile = (name: string): string =>
  new URL(`../../examples/${name}`, import.meta.url).pathname;

const jsonOf = (path: string): unknown => JSON.parse(readFileSync(exampleFile(path), 'utf8'));

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/production';
const LISTENER = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

/** Every field of docs/request.md at least once. */
const everyField = {
  cluster: CLUSTER,
  service: 'shop',
  taskDefinition: 'shop:42',
  family: 'shop',
  shifts: [{ greenPct: 10, bake: '5m', approval: true }, { greenPct: 100 }],
  keepBlue: '10m',
  alarms: { names: ['shop-5xx'], redAtStart: { override: 'a known red' }, withoutData: 'block' },
  healthyFor: '60s',
  timeToHealthy: '10m',
  routes: [`${LISTENER}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`],
  greenTargetGroup: `${LISTENER}:targetgroup/shop-green/73e2d6bc24d8a067`,
  whenBusy: 'supersede',
  carry: 'deadOnly',
  container: { name: 'web', port: 8080 },
  network: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
  capacityProviders: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
  platformVersion: 'LATEST',
  startedBy: 'ada',
};

export const requests: readonly unknown[] = [
  ...['shop', 'canary', 'first-deployment', 'sticky'].map((name) => jsonOf(`${name}/request.json`)),
  everyField,
];

/** Each world as one value: the members that its files have, by their names. */
export const worlds: readonly Record<string, unknown>[] = [
  'shop',
  'canary',
  'first-deployment',
  'sticky',
].map((name) =>
  Object.fromEntries(
    readdirSync(exampleFile(`${name}/world`)).map((file) => [
      file.replace(/\.json$/, ''),
      jsonOf(`${name}/world/${file}`),
    ]),
  ),
);

export const series: readonly unknown[] = [
  jsonOf('analysis/healthy.json'),
  jsonOf('analysis/regression.json'),
  {
    minutes: [{ green: { requests: 50, bad: 0 } }, { green: { requests: 60, bad: 3 } }],
    method: 'bake',
    psi: 1.25,
    delta: 0.001,
    sigma: 0.2,
    alpha: 0.01,
    baselineRate: 0.01,
    history: { requests: Array(40).fill(950), bad: Array(40).fill(2) },
  },
];

export const taskDefinitions: readonly unknown[] = [
  jsonOf('shop/world/describe-task-definition.shop-42.json'),
  {
    family: 'shop',
    networkMode: 'awsvpc',
    cpu: '256',
    containerDefinitions: [
      { name: 'web', image: 'shop:1', portMappings: [{ containerPort: 8080 }] },
      { name: 'log', image: 'fluent:2', essential: false },
    ],
    tags: [{ key: 'team', value: 'shop' }],
  },
];
