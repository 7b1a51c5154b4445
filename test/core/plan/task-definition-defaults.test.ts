import { describe, expect, test } from 'vitest';
import { withoutDefaults } from '../../../core/plan/task-definition-defaults.ts';
import { differences } from '../../../report/document-diff.ts';

/** A file as people write it, and what ECS describes of it. */
const written = {
  family: 'shop',
  networkMode: 'awsvpc',
  cpu: '.5 vCPU',
  memory: '1 GB',
  requiresCompatibilities: ['FARGATE'],
  volumes: [{ name: 'data' }, { name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
  containerDefinitions: [
    {
      name: 'web',
      image: 'shop:1',
      portMappings: [{ containerPort: 8080 }],
      healthCheck: { command: ['CMD', 'true'] },
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    },
  ],
};
const described = {
  family: 'shop',
  networkMode: 'awsvpc',
  cpu: '512',
  memory: '1024',
  requiresCompatibilities: ['FARGATE'],
  placementConstraints: [],
  enableFaultInjection: false,
  volumes: [
    { name: 'data', host: {} },
    { name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
  ],
  containerDefinitions: [
    {
      name: 'web',
      image: 'shop:1',
      cpu: 0,
      essential: true,
      environment: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: 'tcp' }],
      healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 },
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: false }],
    },
  ],
};

const between = (before: object, after: object) =>
  differences(withoutDefaults({ ...before }), withoutDefaults({ ...after }));

test('what ECS fills in is no change', () => {
  expect(between(described, written)).toEqual([]);
  expect(between(written, described)).toEqual([]);
});

describe.each([
  [
    'a host port of bridge',
    { networkMode: 'bridge' },
    { portMappings: [{ containerPort: 80, hostPort: 80 }] },
  ],
  ['a container that is not essential', {}, { essential: false }],
  ['a protocol', {}, { portMappings: [{ containerPort: 8080, protocol: 'udp' }] }],
  ['a health check', {}, { healthCheck: { command: ['CMD', 'true'], interval: 10 } }],
  [
    'a read-only mount',
    {},
    { mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }] },
  ],
])('%s', (_, task, container) => {
  test('is a change', () => {
    const [web] = written.containerDefinitions;
    const changed = { ...written, ...task, containerDefinitions: [{ ...web, ...container }] };

    expect(between({ ...described, ...task }, changed)).not.toEqual([]);
  });
});

test.each([
  [{ cpu: '1 vCPU' }, { cpu: '1024' }],
  [{ memory: '2GB' }, { memory: '2048' }],
  [{ networkMode: 'bridge' }, {}],
])('%j is %j', (a, b) => {
  expect(between(a, b)).toEqual([]);
});

test('a size that changes is shown', () => {
  expect(between({ cpu: '1 vCPU' }, { cpu: '2048' })).toEqual([
    { path: 'cpu', before: '1024', after: '2048' },
  ]);
});
