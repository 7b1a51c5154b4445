import { MINUTE_MS } from '../../../core/clock.ts';
import { greenReadiness } from '../../../core/health/green-readiness.ts';
import type { ObservedTarget } from '../../../core/vocabulary/observed.types.ts';
import type { Ready } from '../../../core/vocabulary/state.types.ts';
import { aPlan, aTarget, aTaskSet, NOW } from '../a-deployment.ts';

export const healthy = (count: number): ObservedTarget[] =>
  Array.from({ length: count }, () => aTarget('healthy'));

/** Green was launched at NOW and is whole a minute later; or as `changes` have it. */
export const observe = (changes: Partial<Parameters<typeof greenReadiness>[0]> = {}): Ready =>
  greenReadiness({
    plan: aPlan(),
    green: { taskSetId: 'ecs-svc/2', taskSetArn: 'arn', launchedAtMs: NOW, adopted: false },
    previous: undefined,
    taskSet: aTaskSet(),
    desiredCount: 2,
    targets: healthy(2),
    stopped: [],
    detached: [],
    routes: [],
    commands: [],
    nowMs: NOW + MINUTE_MS,
    ...changes,
  });

/** What the observation before left: not healthy yet, unless said otherwise. */
export const pending = (changes: Partial<Extract<Ready, { kind: 'pending' | 'held' }>> = {}): Ready => ({
  kind: 'pending',
  healthyTargets: 2,
  wanted: 2,
  healthySinceMs: null,
  waitSeconds: 5,
  reason: '',
  ...changes,
});
