import {
  aCondition,
  aFirstTestableService,
  aTestableService,
  aTestRule,
  BLUE_GROUP,
  GREEN_GROUP,
  onATestPort,
  TEST_LISTENER,
  TESTED,
  THIRD_GROUP,
  X_TEST,
} from '../../an-observation.ts';
import type { Case } from './case.types.ts';

const forwardsTo = (weights: Record<string, number>, stickiness = { enabled: false }) => ({
  original: {
    groups: Object.entries(weights).map(([targetGroupArn, weight]) => ({ targetGroupArn, weight })),
    stickiness,
  },
});
const FIRST = { ...TESTED, greenTargetGroup: GREEN_GROUP, container: { name: 'web', port: 8080 } };
const rightFirst = { observed: aFirstTestableService(), request: FIRST };
const withUsers = (weights: Record<string, number>) => {
  const observed = aFirstTestableService();
  const [users, ...others] = observed.routes;
  return {
    ...observed,
    routes: [{ ...users, ...forwardsTo(weights) } as (typeof others)[number], ...others],
  };
};
const right = { observed: aTestableService(), request: TESTED };

/** Each in the nearest world in which a header keeps users from the test route. */
export const casesOfTheTestRoute: Case[] = [
  {
    id: 'test-without-second-group',
    row: 'test route',
    severity: 'error',
    found: 'found shop-green alone',
    observed: withUsers({ [GREEN_GROUP]: 1 }),
    request: FIRST,
    silent: rightFirst,
  },
  {
    id: 'test-after-users',
    row: 'test route',
    severity: 'error',
    found: 'found weight on shop-green',
    observed: withUsers({ [BLUE_GROUP]: 90, [GREEN_GROUP]: 10 }),
    request: FIRST,
    silent: rightFirst,
  },
  {
    id: 'test-route-not-found',
    row: 'test route',
    severity: 'error',
    found: 'HTTPS:443 test rule, which forwards to shop-third',
    observed: (() => {
      const observed = aTestableService({
        rule: { ...aTestRule([X_TEST]), forward: forwardsTo({ [THIRD_GROUP]: 1 }).original },
      });
      return { ...observed, routes: observed.routes.slice(0, 1) };
    })(),
    request: TESTED,
    silent: right,
  },
  {
    id: 'test-route-other-groups',
    row: 'test route',
    severity: 'error',
    found: 'found shop-third too',
    observed: aTestableService({ test: forwardsTo({ [BLUE_GROUP]: 100, [THIRD_GROUP]: 0 }) }),
    request: { ...TESTED, greenTargetGroup: GREEN_GROUP },
    silent: right,
  },
  {
    id: 'test-route-weights',
    row: 'test route',
    severity: 'error',
    found: 'found shop-blue 0, shop-green 100',
    observed: aTestableService({ test: forwardsTo({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 }) }),
    request: TESTED,
    silent: right,
  },
  {
    id: 'test-route-never-matches',
    row: 'test route',
    severity: 'error',
    found: 'found HTTPS:443 everything before it (priority 3)',
    observed: aTestableService({
      others: [
        {
          ...aTestRule([aCondition('path-pattern', ['/*'])], 3),
          arn: 'other',
          label: 'HTTPS:443 everything',
        },
      ],
    }),
    request: TESTED,
    silent: right,
  },
  {
    id: 'test-route-behind-users',
    row: 'test route',
    severity: 'error',
    found: 'found HTTPS:443 users before it (priority 10)',
    observed: aTestableService({
      rule: aTestRule([X_TEST], 20),
      users: [aCondition('path-pattern', ['/api/*'])],
    }),
    request: TESTED,
    silent: {
      observed: aTestableService({
        rule: aTestRule([X_TEST], 5),
        users: [aCondition('path-pattern', ['/api/*'])],
      }),
      request: TESTED,
    },
  },
  {
    id: 'test-route-takes-users',
    row: 'test route',
    severity: 'error',
    found: "whose requests are users' of HTTPS:443 default as well",
    observed: aTestableService({ rule: aTestRule([aCondition('path-pattern', ['/checkout/*'])]) }),
    request: TESTED,
    silent: {
      observed: aTestableService({ rule: aTestRule([aCondition('host-header', ['test.example.com'])]) }),
      request: TESTED,
    },
  },
  {
    id: 'test-route-open',
    row: 'test route',
    severity: 'warning',
    found: 'found none of them',
    observed: onATestPort(),
    request: { test: { route: TEST_LISTENER } },
    silent: {
      observed: onATestPort({ balancer: { scheme: 'internal' } }),
      request: { test: { route: TEST_LISTENER } },
    },
  },
  {
    id: 'test-route-sticky',
    row: 'test route',
    severity: 'error',
    found: 'found it on',
    observed: aTestableService({ test: forwardsTo({ [BLUE_GROUP]: 1 }, { enabled: true }) }),
    request: TESTED,
    silent: {
      observed: aTestableService({
        rule: aTestRule([X_TEST, aCondition('host-header', ['test.example.com'])]),
        test: forwardsTo({ [BLUE_GROUP]: 1 }, { enabled: true }),
      }),
      request: TESTED,
    },
  },
];
