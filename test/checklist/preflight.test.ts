import { describe, expect, test } from 'vitest';
import { preflight } from '../../core/plan/preflight/preflight.ts';
import type { PlanObservation } from '../../core/vocabulary/observation.types.ts';
import {
  aBalancer,
  aGroup,
  anObservation,
  aRequest,
  aRoute,
  aService,
  aTaskDefinition,
  aTaskSet,
  BALANCER,
  BLUE_GROUP,
  GREEN_GROUP,
  sticky,
  THIRD_GROUP,
} from '../core/an-observation.ts';

/**
 * docs/field-checklist.md, the rows that preflight checks on a user's own service: the mistake the guides warn of is
 * found, said with what was found, and comes with what to do. Where each check stays silent: test/core/plan/preflight.
 */

const PAIR = { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 };
const both = (changes: Parameters<typeof aGroup>[1]): Partial<PlanObservation> => ({
  groups: [aGroup(BLUE_GROUP, changes), aGroup(GREEN_GROUP, changes)],
});
const web = aTaskDefinition().containers[0];
const withContainer = (changes: Partial<NonNullable<typeof web>>): Partial<PlanObservation> => ({
  taskDefinition: aTaskDefinition({ containers: web === undefined ? [] : [{ ...web, ...changes }] }),
});
const slowToBoot = withContainer({
  healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 300 },
});
const { targetGroupArn: _none, ...withoutGroup } = aTaskSet();

const NOT_ASKED = { kind: 'notAsked' } as const;
const behindGroups = (ingress: { groups: string[]; ranges: string[] }[]): Partial<PlanObservation> => ({
  surroundings: {
    securityGroups: {
      kind: 'seen',
      value: [
        {
          id: 'sg-a',
          ingress: ingress.map((rule) => ({ protocol: 'tcp', fromPort: 8080, toPort: 8080, ...rule })),
          egress: [],
        },
        { id: 'sg-lb', ingress: [], egress: [{ protocol: '-1', groups: [], ranges: ['0.0.0.0/0'] }] },
      ],
    },
    subnets: NOT_ASKED,
    images: NOT_ASKED,
    scaling: NOT_ASKED,
    protection: NOT_ASKED,
    owners: NOT_ASKED,
    allowedHooks: NOT_ASKED,
  },
});

type Row = {
  row: number;
  teaches: string;
  /** The one thing that differs from a service with nothing wrong. */
  wrong: Partial<PlanObservation>;
  finds: string;
  severity: 'error' | 'warning';
  message: string;
};

const rows: Row[] = [
  {
    row: 4,
    teaches: 'the target type goes with the network mode',
    wrong: both({ targetType: 'instance' }),
    finds: 'target-type-mismatch',
    severity: 'error',
    message: 'expected target type ip for the network mode awsvpc of',
  },
  {
    row: 5,
    teaches: 'the balancer does not have tasks killed that the container check still lets boot',
    wrong: slowToBoot,
    finds: 'killed-while-starting',
    severity: 'warning',
    message: '300 s that web may take to start',
  },
  {
    row: 6,
    teaches: 'the grace period covers the boot and a margin',
    wrong: { ...slowToBoot, service: aService({ healthCheckGracePeriodSeconds: 299 }) },
    finds: 'killed-while-starting',
    severity: 'warning',
    message: 'grace period 299 s',
  },
  {
    row: 7,
    teaches: 'both groups check health alike',
    wrong: {
      groups: [
        aGroup(BLUE_GROUP),
        aGroup(GREEN_GROUP, {
          healthCheck: { ...aGroup(GREEN_GROUP).healthCheck, path: '/', matcher: '200-399' },
        }),
      ],
    },
    finds: 'target-groups-differ',
    severity: 'warning',
    message:
      'health check path /health (blue) and / (green); health check matcher 200 (blue) and 200-399 (green)',
  },
  {
    row: 8,
    teaches: 'a Gateway Load Balancer is not for services',
    wrong: { loadBalancers: [aBalancer({ type: 'gateway' })] },
    finds: 'gateway-load-balancer',
    severity: 'error',
    message: 'Gateway Load Balancer shop',
  },
  {
    row: 10,
    teaches: 'the container is in the task definition by its name',
    wrong: withContainer({ name: 'app' }),
    finds: 'container-not-in-task-definition',
    severity: 'error',
    message: 'expected a container named web',
  },
  {
    row: 10,
    teaches: 'the container maps the port',
    wrong: withContainer({ ports: [{ containerPort: 3000, protocol: 'tcp' }] }),
    finds: 'container-port-not-mapped',
    severity: 'error',
    message: 'expected a port mapping for 8080 on the container web of',
  },
  {
    row: 11,
    teaches: 'without a listener that forwards there is no traffic at all',
    wrong: { routes: [], lastGroups: [BLUE_GROUP, GREEN_GROUP] },
    finds: 'no-route',
    severity: 'error',
    message: 'nothing reaches it',
  },
  {
    row: 13,
    teaches: 'of several balancers, both groups hang on the same one',
    wrong: { groups: [aGroup(BLUE_GROUP), aGroup(GREEN_GROUP, { loadBalancerArns: [`${BALANCER}9`] })] },
    finds: 'green-on-another-load-balancer',
    severity: 'error',
    message: "green's group shop-green on blue's load balancer or on none",
  },
  {
    row: 15,
    teaches: 'sticky groups need a sticky route',
    wrong: both({ stickiness: { enabled: true, type: 'lb_cookie', durationSeconds: 3_600 } }),
    finds: 'stickiness-mismatch',
    severity: 'error',
    message: 'expected stickiness on HTTPS:443 default',
  },
  {
    row: 15,
    teaches: 'sticky routes skew the shares',
    wrong: { routes: [sticky(aRoute(PAIR))] },
    finds: 'sticky-route',
    severity: 'warning',
    message: 'clients stay with the version they met',
  },
  {
    row: 17,
    teaches: 'without a deregistration delay requests in flight are cut',
    wrong: both({ deregistrationDelaySeconds: 0 }),
    finds: 'no-deregistration-delay',
    severity: 'warning',
    message: 'a deregistration delay of 0 s',
  },
  {
    row: 17,
    teaches: 'five minutes of draining are too long for short requests',
    wrong: both({ deregistrationDelaySeconds: 300 }),
    finds: 'stop-timeout-below-deregistration-delay',
    severity: 'warning',
    message: 'every task takes 300 s to leave',
  },
  {
    row: 16,
    teaches: "tasks let the load balancer's group in on the container port",
    wrong: behindGroups([{ groups: ['sg-other'], ranges: [] }]),
    finds: 'security-group-shuts-out-load-balancer',
    severity: 'error',
    message: 'to let the load balancer shop (sg-lb) in on tcp 8080 (traffic)',
  },
  {
    row: 16,
    teaches: 'tasks let in nobody else',
    wrong: behindGroups([
      { groups: ['sg-lb'], ranges: [] },
      { groups: [], ranges: ['0.0.0.0/0'] },
    ]),
    finds: 'security-group-open-to-everyone',
    severity: 'warning',
    message: 'found tcp 8080 (traffic) open to 0.0.0.0/0',
  },
  {
    row: 18,
    teaches: 'a task set has one target group; the fix says where the others go',
    wrong: { service: aService({ targetGroupArns: [BLUE_GROUP, GREEN_GROUP, THIRD_GROUP] }) },
    finds: 'several-target-groups',
    severity: 'error',
    message: 'found 3 target groups (shop-blue, shop-green, shop-third)',
  },
  {
    row: 25,
    teaches: 'without a balancer there is no traffic to shift',
    wrong: {
      service: aService({ taskSets: [withoutGroup] }),
      routes: [],
      groups: [],
      targets: {},
      loadBalancers: [],
    },
    finds: 'no-load-balancer',
    severity: 'error',
    message: 'to have a target group, found none',
  },
];

test('the service the rows start from has nothing wrong', () => {
  const findings = preflight(
    anObservation(),
    aRequest({ shifts: [{ greenPct: 10, bake: '10m' }, { greenPct: 100 }] }),
  );

  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

describe('preflight knows the mistake', () => {
  test.each(rows)('checklist row $row: $teaches', ({ wrong, finds, severity, message }) => {
    const healthy = preflight(anObservation(), aRequest()).map(({ id }) => id);

    const found = preflight(anObservation(wrong), aRequest()).filter(({ id }) => id === finds);

    expect(healthy).not.toContain(finds);
    expect(found).toMatchObject([{ severity, message: expect.stringContaining(message) }]);
    expect(found[0]?.fix).not.toBe('');
  });

  test('checklist row 13: an internal balancer is as good as an internet-facing one', () => {
    const schemes = (['internal', 'internet-facing'] as const).map((scheme) =>
      preflight(anObservation({ loadBalancers: [aBalancer({ scheme })] }), aRequest()),
    );

    expect(schemes[0]).toEqual(schemes[1]);
  });
});
