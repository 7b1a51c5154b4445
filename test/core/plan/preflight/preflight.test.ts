import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeFindings } from '../../../../core/plan/preflight/describe.ts';
import { preflight } from '../../../../core/plan/preflight/preflight.ts';
import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';
import {
  aFirstObservation,
  aFirstRequest,
  aFirstTestableService,
  anAlarm,
  anObservation,
  aRequest,
  aRoute,
  aService,
  aTaskDefinition,
  BLUE_GROUP,
  GREEN_GROUP,
  healthyTargets,
  RULE,
  sticky,
  TESTED,
} from '../../an-observation.ts';
import { alarmed, cases, container, PAIR, service } from './cases.ts';
import { wellSurrounded } from './cases-around-the-service.ts';

const idsIn = (observed: PlanObservation = anObservation(), request: Record<string, unknown> = {}) =>
  preflight(observed, aRequest(request)).map(({ id }) => id);

test('a service with nothing wrong has no findings', () => {
  expect(preflight(anObservation(), aRequest())).toEqual([]);
  expect(preflight(aFirstObservation(), aFirstRequest())).toEqual([]);
  expect(preflight(wellSurrounded(), aRequest())).toEqual([]);
});

describe.each(cases)('$id ($row)', ({ id, severity, found, observed, request, silent }) => {
  test(`is ${severity === 'error' ? 'an error' : 'a warning'} that says what was found and what to do`, () => {
    const findings = preflight(observed ?? anObservation(), aRequest(request)).filter(
      (finding) => finding.id === id,
    );

    expect(findings).toHaveLength(1);
    expect(findings[0]?.severity).toBe(severity);
    expect(findings[0]?.message).toContain('expected');
    expect(findings[0]?.message).toContain(found);
    expect(findings[0]?.fix).not.toBe('');
  });

  test('is not found in the nearest world without the mistake', () => {
    expect(idsIn(silent?.observed, silent?.request)).not.toContain(id);
  });
});

test('every finding that a check can make is in the table', () => {
  const folder = new URL('../../../../core/plan/preflight/', import.meta.url);
  const made = readdirSync(folder).flatMap((file) => [
    ...readFileSync(new URL(file, folder), 'utf8').matchAll(/(?:error|warning)\(\s*'([a-z0-9-]+)'/g),
  ]);

  // Said before anything is observed (test/cli/preflight.test.ts).
  const inTable = [...new Set(made.map(([, id]) => id))].filter((id) => id !== 'being-deployed');
  expect(inTable.sort()).toEqual(cases.map(({ id }) => id).sort());
});

test('weights that are all 0 are found with what they mean', () => {
  const nobody = anObservation({ routes: [aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 0 })] });

  const found = preflight(nobody, aRequest({ greenTargetGroup: GREEN_GROUP }));

  expect(found.map(({ id }) => id)).toEqual(['weights-disagree-with-primary']);
  expect(found[0]?.message).toContain('shop-blue 0, shop-green 0: nobody gets its requests, and they fail');
});

test('a first deployment with users and testers on the empty group is tried like any other', () => {
  const findings = (observed: PlanObservation) => preflight(observed, aFirstRequest(TESTED));

  expect(findings(aFirstTestableService())).toEqual([]);
  const [early] = findings(
    aFirstTestableService({
      test: {
        original: { groups: [{ targetGroupArn: GREEN_GROUP, weight: 1 }], stickiness: { enabled: false } },
      },
    }),
  );
  expect(early).toMatchObject({ id: 'test-route-weights', severity: 'error' });
  expect(early?.message).toContain('on shop-blue, which is empty, found shop-green 1');
  expect(early?.commands?.[0]).toContain(BLUE_GROUP);
});

describe('what is one mistake gives one finding', () => {
  test.each([
    'service-not-found',
    'desired-count-zero',
    'wrong-controller',
    'leftover-task-set',
    'task-definition-not-found',
    'target-type-mismatch',
    'no-route',
    'no-green-group',
    'weights-disagree-with-primary',
    'too-many-groups-with-weight',
    'stickiness-mismatch',
    'group-serves-other-route',
    'no-load-balancer',
    'target-group-not-found',
    'same-target-group',
  ])('%s', (id) => {
    const { observed, request } = cases.find((one) => one.id === id) ?? {};

    expect(idsIn(observed, request)).toEqual([id]);
  });
});

test('everything that is wrong is found at once, errors first', () => {
  const observed = anObservation({
    service: aService({ desiredCount: 0, controller: 'ECS' }),
    taskDefinition: null,
    alarms: { alarms: [], missing: ['shop-5xx'] },
    routes: [sticky(aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 }))],
  });

  expect(idsIn(observed)).toEqual([
    'wrong-controller',
    'desired-count-zero',
    'task-definition-not-found',
    'weights-disagree-with-primary',
    'alarm-not-found',
    'sticky-route',
  ]);
});

test('an alarm without data is an error where the request says so', () => {
  const findings = preflight(
    alarmed('INSUFFICIENT_DATA'),
    aRequest({ alarms: { names: ['shop-5xx'], withoutData: 'block' } }),
  );

  expect(findings).toMatchObject([{ id: 'alarm-without-data', severity: 'error' }]);
});

test('a first deployment has no grace period to count on', () => {
  const slow = container({
    healthCheck: { intervalSeconds: 10, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 50 },
  });
  const observed = aFirstObservation({ taskDefinition: aTaskDefinition({ containers: slow }) });

  expect(preflight(observed, aFirstRequest())).toMatchObject([
    { id: 'killed-while-starting', message: expect.stringContaining('grace period 0 s') },
  ]);
});

test("a first deployment finds somebody's targets in the other group too", () => {
  const observed = aFirstObservation({ targets: { [BLUE_GROUP]: healthyTargets(1), [GREEN_GROUP]: [] } });

  expect(preflight(observed, aFirstRequest())).toMatchObject([
    { id: 'target-group-in-use', message: expect.stringContaining('shop-blue') },
  ]);
});

test("a lone group gets everything whatever its weight says, so blue's alone is as it should be", () => {
  const observed = anObservation({
    routes: [aRoute({ [BLUE_GROUP]: 0 })],
    lastGroups: [BLUE_GROUP, GREEN_GROUP],
  });

  expect(preflight(observed, aRequest())).toEqual([]);
});

test('a lone group of another route gets its requests even at weight 0', () => {
  const other = aRoute({ [GREEN_GROUP]: 0 }, { arn: RULE, kind: 'rule' });

  expect(idsIn(anObservation({ routes: [aRoute(PAIR), other] }))).toEqual(['group-serves-other-route']);
});

test('the command that restores weights keeps the stickiness of the route', () => {
  const observed = anObservation({ routes: [sticky(aRoute({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 1 }), 60)] });

  const [finding] = preflight(observed, aRequest());

  expect(finding?.commands?.[0]).toBe(
    `aws elbv2 modify-listener --listener-arn ${aRoute(PAIR).arn} --default-actions ` +
      `'[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"${BLUE_GROUP}","Weight":100},{"TargetGroupArn":"${GREEN_GROUP}","Weight":0}],"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":60}}}]'`,
  );
});

test('findings read as two lines each, and the commands, under a count', () => {
  const findings = preflight(service({ desiredCount: 0 }), aRequest({ alarms: [] }));

  expect(
    describeFindings(
      findings.map(({ commands, ...finding }) => ({ ...finding, commands: commands?.slice(0, 1) ?? [] })),
    ),
  ).toBe(`Preflight found 1 error and 1 warning.
- error desired-count-zero: expected a desired count of at least 1 on shop, found 0: there would be no task to send requests to.
  Raise it to as many tasks as you need.
    aws ecs update-service --cluster main --service shop --desired-count 1
- warning no-alarms: expected at least one alarm, found none: only target health and the comparison of green's errors with blue's can roll this deployment back.
  Add \`"alarms": ["..."]\` to the request: alarms on the errors and the latency that users see. For a start, these make one for each group.
    aws cloudwatch put-metric-alarm --alarm-name shop-blue-5xx --namespace AWS/ApplicationELB --metric-name HTTPCode_Target_5XX_Count --dimensions Name=TargetGroup,Value=targetgroup/shop-blue/1111111111111111 Name=LoadBalancer,Value=app/shop/4444444444444444 --statistic Sum --period 60 --evaluation-periods 3 --datapoints-to-alarm 2 --comparison-operator GreaterThanThreshold --threshold 10 --treat-missing-data notBreaching`);
});

test('alarms with the same trouble are one finding, however many', () => {
  const names = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
  const alarms = names.map((name) => anAlarm(name, 'ALARM'));
  const missing = preflight(
    anObservation({ alarms: { alarms: [], missing: names } }),
    aRequest({ alarms: names }),
  );
  const red = preflight(anObservation({ alarms: { alarms, missing: [] } }), aRequest({ alarms: names }));

  expect(missing.filter(({ id }) => id === 'alarm-not-found')).toHaveLength(1);
  const found = red.filter(({ id }) => id === 'alarm-red-at-start');
  expect(found).toHaveLength(1);
  expect(found[0]?.commands).toHaveLength(3);
  expect(found[0]?.message).toMatch(
    /alarm-98, alarm-99 to be OK .* found ALARM \(alarm-0: because; alarm-1: because; alarm-2: because\)$/,
  );
});

test.each([
  ['compared', {}, "target health and the comparison of green's errors with blue's"],
  [
    'compared in both',
    { latency: 'decide' },
    "target health and the comparison of green's errors and latency with blue's",
  ],
  ['only reported', { errors: 'advise' }, 'target health'],
  ['not compared', 'off', 'target health'],
])('without an alarm, %s: what can roll back is named', (_how, analysis, guards) => {
  const findings = preflight(anObservation(), aRequest({ alarms: [], analysis }));

  const found = findings.find(({ id }) => id === 'no-alarms')?.message;
  expect(found).toBe(`expected at least one alarm, found none: only ${guards} can roll this deployment back`);
});
