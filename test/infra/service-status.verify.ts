import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ObservedTarget, ObservedTargetGroup } from '../../core/vocabulary/observed.types.ts';
import { printStatus, type ServiceObservation, serviceStatus } from '../../infra/sample-service/status.ts';
import { aDirectory } from '../a-directory.ts';

const group = (name: string): ObservedTargetGroup => ({
  arn: `arn:${name}`,
  name,
  protocol: 'HTTP',
  port: 8080,
  targetType: 'ip',
  loadBalancerArns: ['arn:balancer'],
  healthCheck: {
    protocol: 'HTTP',
    port: 'traffic-port',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
  },
  deregistrationDelaySeconds: 30,
  stickiness: { enabled: false },
  slowStartSeconds: 0,
});

const target = (state: ObservedTarget['state'], reasonCode?: string): ObservedTarget => ({
  id: '10.0.0.7',
  port: 8080,
  state,
  ...(reasonCode !== undefined && { reasonCode }),
});

const nothing: ServiceObservation = {
  service: null,
  taskDefinition: null,
  loadBalancers: [],
  groups: [],
  targets: {},
  routes: [],
};

const created: ServiceObservation = {
  service: {
    clusterArn: 'arn:cluster',
    serviceArn: 'arn:service',
    cluster: 'shop',
    name: 'web',
    status: 'ACTIVE',
    controller: 'EXTERNAL',
    desiredCount: 2,
    taskSets: [],
  },
  taskDefinition: {
    arn: 'arn:web:1',
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    compatibilities: ['FARGATE'],
    containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080, protocol: 'tcp' }] }],
  },
  loadBalancers: [{ name: 'shop', type: 'application', scheme: 'internet-facing' }],
  groups: [group('blue'), group('green')],
  targets: {},
  routes: [
    {
      arn: 'arn:rule',
      kind: 'rule',
      listenerArn: 'arn:listener',
      loadBalancerArn: 'arn:balancer',
      label: 'HTTP:80 path /*',
      original: {
        groups: [
          { targetGroupArn: 'arn:blue', weight: 100 },
          { targetGroupArn: 'arn:green', weight: 0 },
        ],
        stickiness: { enabled: false },
      },
    },
  ],
};

const statesOf = (observed: ServiceObservation): string[] =>
  serviceStatus(observed).map(({ state }) => state);

describe('checklist row 9: each step on the way to serving has a state one can see', () => {
  test('nothing is there yet', () => {
    expect(statesOf(nothing)).toEqual([...Array(6).fill('missing'), ...Array(3).fill('waiting')]);
  });

  test('everything is created, no task set has been deployed', () => {
    expect(statesOf(created)).toEqual([
      'created',
      'active',
      'created',
      'created',
      'configured',
      'active',
      'waiting',
      'waiting',
      'waiting',
    ]);
  });

  test('a registered task that fails its health checks is not healthy, and the reason is there', () => {
    const rows = serviceStatus({
      ...created,
      targets: { 'arn:blue': [target('unhealthy', 'Target.Timeout')] },
    });

    expect(rows.slice(6).map(({ state }) => state)).toEqual(['registered', 'waiting', 'waiting']);
    expect(rows[7]?.detail).toBe('0 of 1 healthy; blue 10.0.0.7:8080 Target.Timeout');
  });

  test('a healthy target in a group without weight does not serve', () => {
    expect(statesOf({ ...created, targets: { 'arn:green': [target('healthy')] } }).slice(6)).toEqual([
      'registered',
      'healthy',
      'waiting',
    ]);
  });

  test('a healthy target in the group with the weight serves', () => {
    expect(statesOf({ ...created, targets: { 'arn:blue': [target('healthy')] } }).slice(6)).toEqual([
      'registered',
      'healthy',
      'serving',
    ]);
  });

  test('a second route that forwards to an empty group keeps the service from serving', () => {
    const [route] = created.routes;
    if (route === undefined) throw new Error('the example has a route');
    const api = {
      ...route,
      original: { ...route.original, groups: [{ targetGroupArn: 'arn:green', weight: 1 }] },
    };

    const rows = statesOf({
      ...created,
      routes: [route, api],
      targets: { 'arn:blue': [target('healthy')] },
    });

    expect(rows.at(-1)).toBe('waiting');
  });
});

test('the printed table has aligned columns and says where to search', () => {
  const table = printStatus(serviceStatus({ ...created, targets: { 'arn:blue': [target('healthy')] } }));

  expect(table.split('\n')).toHaveLength(9);
  expect(table).toContain('service          active      web, controller EXTERNAL, 2 tasks wanted');
  expect(table).toContain('traffic          serving     HTTP:80 path /*: blue 100, green 0');
});

describe('npm run service-status, with something that is no request', () => {
  const directory = aDirectory('status');
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  test.each([
    { what: 'no file', path: join(directory, 'none.json'), message: /none\.json/ },
    {
      what: 'a file that is no JSON',
      path: file('broken.json', '{ not json'),
      message: /broken\.json.*JSON/s,
    },
    {
      what: 'a request without a service',
      path: file('short.json', '{"cluster":"a"}'),
      message: /service: expected/,
    },
  ])('says what is wrong, without a stack trace: $what', { timeout: 30_000 }, ({ path, message }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/service-status.ts', path], {
      encoding: 'utf8',
    });

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
