import { nameOf } from '../../core/deployment/service-key.ts';
import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import type { TaskSetSnapshot } from '../../sim/ecs/ecs.types.ts';
import type { FailureCause } from '../../sim/parts.types.ts';
import type { World } from '../../sim/world.ts';
import type { Colours } from '../colours.ts';

/** What a fault from outside acts on: one service that is being deployed. */
export type FaultScene = {
  world: World;
  serviceArn: string;
  deploymentId: string;
  /** The ARN of the service that is blue as a whole; absent: blue is a task set of the service. */
  blueServiceArn?: string;
  /** The one that `alarm` means; undefined: the deployment watches none. */
  alarm: string | undefined;
  /** The service's routes, and where they sent requests before the deployment. */
  routes: readonly { arn: string; groups: readonly WeightedGroup[] }[];
  colours(): Colours;
  isGreen(set: TaskSetSnapshot): boolean;
  /** Stops what runs for the deployment, its recovery included; false: nothing does. */
  stopExecution(): boolean;
  /** To be called right before somebody else writes a listener. */
  foreignWrite(): void;
};

/** What a fault itself may cost users: seconds of all requests, by these causes. */
export type MayCost = { causes: readonly FailureCause[]; seconds: number; because: string };

export const NOTHING: MayCost = { causes: [], seconds: 0, because: 'it touches no request' };

/** How long a foreign hand's mistake stands when nobody observes it. */
export const UNTIL_SOMEBODY_ACTS = Number.POSITIVE_INFINITY;

/** One entry of the catalogue: something that comes upon a deployment from outside, at any moment. */
export type WorldFault = {
  /** As `--fault` of the proofs takes it, and `--inject` unless `inject` has another. */
  name: string;
  inject?: string;
  description: string;
  mayLose: MayCost;
  /** What it does to the service, for those who choose faults that may come together. */
  does?: 'killsTask' | 'writesRoutes' | 'failsChecks';
  /** Null, or why there was nothing to do it to. */
  apply(scene: FaultScene): string | null;
};

export const setOf = (scene: FaultScene, colour: 'blue' | 'green'): TaskSetSnapshot | undefined =>
  colour === 'blue' && scene.blueServiceArn !== undefined
    ? scene.world.ecs.wholeOf(scene.blueServiceArn)
    : scene.world.ecs.taskSetsOf(scene.serviceArn).find((set) => scene.isGreen(set) === (colour === 'green'));

/** As a call names the service: its ARN may be of the old form, without the cluster. */
export const namesOf = (
  { world, serviceArn }: FaultScene,
  arnOf = serviceArn,
): { cluster: string; service: string } => {
  const found = world.ecs.services().find(({ arn }) => arn === arnOf);
  return { cluster: nameOf(found?.clusterArn ?? ''), service: found?.name ?? '' };
};
