import { decideRollBack } from '../../../core/ending/roll-back.ts';
import { aForward, aPlan, aRoute, aTarget, aTaskSet, BLUE, GREEN, NOW, someHealth } from '../a-deployment.ts';
import { placedBack } from './placed-back.ts';

export type Input = Parameters<typeof decideRollBack>[0];

export const blueSet = aTaskSet({ id: 'ecs-svc/1', status: 'PRIMARY', targetGroupArn: BLUE });

/** As RollBack asks: the placement follows from the healths given, with a needed count of blue's. */
export const decideOn = (changes: Partial<Input> = {}) => {
  const given = {
    plan: aPlan(),
    blue: blueSet,
    green: aTaskSet(),
    blueHealth: someHealth(2, 2),
    greenHealth: someHealth(2, 2),
    routes: [{ route: aRoute('default'), forward: aForward([BLUE, 50], [GREEN, 50]) }],
    previous: undefined,
    leavesRoutes: false,
    neverServed: false,
    recovering: false,
    nowMs: NOW,
    ...changes,
  };
  const targets = (health: Input['greenHealth']) =>
    Array.from({ length: health?.wanted ?? 0 }, (_, index) =>
      aTarget(index < (health?.healthy ?? 0) ? 'healthy' : 'unhealthy'),
    );
  const placed =
    given.plan.blue === null
      ? null
      : placedBack(given.blueHealth?.wanted ?? 2, {
          ...given,
          blueTargets: targets(given.blueHealth),
          greenTargets: targets(given.greenHealth),
        });
  return decideRollBack({ placed, ...given });
};
