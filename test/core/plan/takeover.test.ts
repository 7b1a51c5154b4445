import { describe, expect, test } from 'vitest';
import { planDeployment } from '../../../core/plan/plan.ts';
import { aTakeover, aWhole, TAKEN_OVER } from '../a-taken-over-service.ts';
import { aRequest, aRoute, BLUE_GROUP, GREEN_GROUP, LISTENER, RULE, THIRD_GROUP } from '../an-observation.ts';

const planned = (observed = aTakeover(), request: Record<string, unknown> = {}) =>
  planDeployment(observed, aRequest({ ...TAKEN_OVER, ...request }));

describe('a first deployment that takes over the users of another service', () => {
  test('has that service as its blue, and every shift of the request', () => {
    const { plan, findings } = planned(aTakeover(), {
      shifts: [10, 40, 70, 100].map((greenPct) => ({ greenPct, bake: '10m' })),
    });

    expect(findings.map(({ id }) => id)).toEqual([]);
    expect(plan).toMatchObject({
      service: 'shop',
      blue: { id: 'service/classic', service: 'classic', targetGroupArn: BLUE_GROUP, scalePercent: 100 },
      blueTargetGroupArn: BLUE_GROUP,
      shifts: [{ greenPct: 10 }, { greenPct: 40 }, { greenPct: 70 }, { greenPct: 100 }],
      green: { targetGroupArn: GREEN_GROUP, containerName: 'web', launchType: 'FARGATE' },
    });
  });

  test('owns the routes that send users to the old service, whatever else they name', () => {
    const users = aRoute({ [BLUE_GROUP]: 1 });
    const others = aRoute({ [THIRD_GROUP]: 1 }, { arn: RULE, kind: 'rule' });

    expect(planned(aTakeover({}, { routes: [users, others] })).plan?.routes.map(({ arn }) => arn)).toEqual([
      LISTENER,
    ]);
  });

  test('takes the group with users where the old service has two, or the one that is named', () => {
    const wholes = [aWhole({ targetGroupArn: THIRD_GROUP }), aWhole()];
    const both = [aRoute({ [BLUE_GROUP]: 1, [THIRD_GROUP]: 1 })];

    expect(planned(aTakeover({ wholes })).plan?.blue?.targetGroupArn).toBe(BLUE_GROUP);
    const named = planned(aTakeover({ wholes }, { routes: both }), {
      from: { service: 'classic', targetGroup: BLUE_GROUP },
    });
    expect(named.findings.map(({ id }) => id)).not.toContain('from-group-unclear');
  });

  test('without `from` is a first deployment: all requests at once', () => {
    const { from: _none, ...observed } = aTakeover({}, { targets: {} });
    const { plan } = planned(observed, {
      from: undefined,
      container: { name: 'web', port: 8080 },
      network: { subnets: ['subnet-a'], securityGroups: ['sg-a'] },
    });

    expect(plan).toMatchObject({ blue: null, shifts: [{ greenPct: 100 }] });
  });
});
