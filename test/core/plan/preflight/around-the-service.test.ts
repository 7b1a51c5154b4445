import { describe, expect, test } from 'vitest';
import { escalate } from '../../../../core/plan/preflight/escalate.ts';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';
import type { Reading, Surroundings } from '../../../../core/vocabulary/surroundings.types.ts';
import { aBalancer, anObservation, aRequest } from '../../an-observation.ts';
import {
  aRule,
  aScaling,
  casesAroundTheService,
  guarded,
  seen,
  theSurroundings,
  wellSurrounded,
  withHealthPort,
} from './cases-around-the-service.ts';

const idsIn = (observed: PlanObservation) => preflight(observed, aRequest()).map(({ id }) => id);

describe('one mistake around the service gives one finding', () => {
  test.each(casesAroundTheService)('$id', ({ id, observed, request }) => {
    const findings = preflight(observed ?? anObservation(), aRequest(request));
    // A request that names another network has that found, beside what is wrong with that network.
    const moved = request?.network === undefined ? [] : ['network-changed'];

    expect(findings.map((finding) => finding.id)).toEqual([id, ...moved]);
  });
});

test.each([
  ['all protocols', { protocol: '-1' }],
  ['all ports', { fromPort: 0, toPort: 65_535 }],
  ['TCP by its number', { protocol: '6' }],
])("a rule for %s from the balancer's group lets it in", (_, changes) => {
  const { fromPort: _from, toPort: _to, ...open } = aRule({ groups: ['sg-lb'] });
  const securityGroups = seen(guarded([{ ...open, ...changes }]));

  expect(idsIn(wellSurrounded({ surroundings: theSurroundings({ securityGroups }) }))).toEqual([]);
});

test('a rule for UDP lets no HTTP in', () => {
  const securityGroups = seen(guarded([aRule({ protocol: 'udp', groups: ['sg-lb'] })]));

  expect(idsIn(wellSurrounded({ surroundings: theSurroundings({ securityGroups }) }))).toEqual([
    'security-group-shuts-out-load-balancer',
  ]);
});

test('an address range may hold the balancer, so it is not called shut', () => {
  const securityGroups = seen(guarded([aRule({ ranges: ['10.0.0.0/16'] })]));

  expect(idsIn(wellSurrounded({ surroundings: theSurroundings({ securityGroups }) }))).toEqual([]);
});

test('the port of the health check has to be open too, and is the one to open', () => {
  const [finding, ...others] = preflight(withHealthPort([aRule({ groups: ['sg-lb'] })]), aRequest());
  const open = withHealthPort([aRule({ toPort: 9090, groups: ['sg-lb'] })]);

  expect(finding?.message).toContain('in on tcp 9090 (health checks), found no rule');
  expect(finding?.commands).toEqual([
    'aws ec2 authorize-security-group-ingress --group-id sg-a --protocol tcp --port 9090 --source-group sg-lb',
  ]);
  expect(others).toEqual([]);
  expect(idsIn(open)).toEqual([]);
});

test('a Network Load Balancer without groups passes clients on: its tasks are open for a reason', () => {
  const securityGroups = seen(guarded([aRule({ ranges: ['0.0.0.0/0'] })]));
  const observed = wellSurrounded({
    loadBalancers: [aBalancer({ type: 'network', securityGroups: [] })],
    surroundings: theSurroundings({ securityGroups }),
  });

  expect(idsIn(observed)).toEqual(['network-load-balancer']);
});

test('each check that may not read names its permission, and the others continue', () => {
  const denied = (permission: string): Reading<never> => ({
    kind: 'notSeen',
    permission,
    why: 'UnauthorizedOperation',
    denied: true,
  });
  const surroundings: Surroundings = {
    securityGroups: denied('ec2:DescribeSecurityGroups'),
    subnets: denied('ec2:DescribeSubnets'),
    images: seen([{ image: 'shop:8', repository: 'shop', exists: false }]),
    scaling: denied('application-autoscaling:DescribeScalableTargets'),
    protection: { kind: 'notSeen', permission: 'ecs:ListTasks', why: 'ECS was throttled.', denied: false },
    owners: denied('elasticloadbalancing:DescribeTags'),
    allowedHooks: denied('ssm:GetParameter'),
  };

  const findings = preflight(wellSurrounded({ surroundings }), aRequest());

  expect(findings.map(({ id, message }) => [id, message.split('found ')[1]])).toEqual([
    ['image-not-found', expect.stringContaining('none in the ECR repository')],
    ['not-checked', 'no permission to read: needs ec2:DescribeSecurityGroups'],
    ['not-checked', 'no permission to read: needs ec2:DescribeSubnets'],
    ['not-checked', 'no permission to read: needs application-autoscaling:DescribeScalableTargets'],
    ['not-checked', 'no answer (ECS was throttled)'],
    ['not-checked', 'no permission to read: needs elasticloadbalancing:DescribeTags'],
    ['not-checked', 'no permission to read: needs ssm:GetParameter'],
  ]);
});

describe('strict', () => {
  const findings = preflight(
    wellSurrounded({
      surroundings: theSurroundings({
        scaling: seen(aScaling({ minCapacity: 1, maxCapacity: 4 })),
        images: { kind: 'notSeen', permission: 'ecr:DescribeImages', why: 'denied', denied: true },
      }),
    }),
    aRequest({ autoscaling: 'leave' }),
  );
  const severities = (strict: boolean) =>
    escalate(findings, strict).map(({ id, severity }) => [id, severity]);

  test('makes advice a condition, but not what could not be read', () => {
    expect(severities(true)).toEqual([
      ['scaling-active', 'error'],
      ['not-checked', 'warning'],
    ]);
  });

  test('is off unless asked for', () => {
    expect(severities(false)).toEqual([
      ['scaling-active', 'warning'],
      ['not-checked', 'warning'],
    ]);
  });
});
