import { placeBack } from '../../../core/ending/place-back.ts';
import type { Placement } from '../../../core/weights/placement.ts';
import { aPlan, aTarget, aTaskSet, BLUE, NOW } from '../a-deployment.ts';

/** What `placeBack` answers while both colours run so many tasks, all healthy, and no route is read; or as `changes` has it. */
export const placedBack = (
  tasks: number,
  changes: Partial<Parameters<typeof placeBack>[0]> = {},
): Placement => {
  const size = { computedDesiredCount: tasks, runningCount: tasks };
  const healthy = Array.from({ length: tasks }, () => aTarget('healthy'));
  return placeBack({
    plan: aPlan(),
    service: { desiredCount: tasks },
    blue: aTaskSet({ id: 'ecs-svc/1', status: 'PRIMARY', targetGroupArn: BLUE, ...size }),
    green: aTaskSet(size),
    blueTargets: healthy,
    greenTargets: healthy,
    routes: [],
    answers: { blue: [], green: [] },
    commands: [],
    neverServed: false,
    memory: undefined,
    nowMs: NOW,
    ...changes,
  });
};
