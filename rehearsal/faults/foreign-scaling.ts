import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { NOTHING, namesOf, type WorldFault } from './world-fault.types.ts';

/** What others do to what scales a service while a deployment runs. */

const inScaling = (
  name: string,
  description: string,
  [scaleIn, scaleOut, scheduled]: [boolean, boolean, boolean],
): WorldFault => ({
  name,
  description,
  mayLose: NOTHING,
  apply: (scene) => {
    const { world } = scene;
    const { cluster, service } = namesOf(scene);
    const ResourceId = `service/${cluster}/${service}`;
    if (world.autoScaling.suspendedOf(ResourceId) === undefined) return 'the service is no scalable target';
    const command = new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId,
      SuspendedState: {
        DynamicScalingInSuspended: scaleIn,
        DynamicScalingOutSuspended: scaleOut,
        ScheduledScalingSuspended: scheduled,
      },
    });
    world.autoScaling.client.send(command).catch((error: Error) => {
      world.kernel.emit({ kind: 'log', what: `${name}: refused, ${error.message}` });
    });
    return null;
  },
});

export const scalingHands = {
  'foreign-scaling:suspended': inScaling(
    'foreign-scaling:suspended',
    'somebody suspends scale-out, and it alone',
    // What no deployment suspends: the same as its own could not be distinguished from it.
    [false, true, false],
  ),
  'foreign-scaling:resumed': inScaling(
    'foreign-scaling:resumed',
    'somebody resumes all that scales the service',
    [false, false, false],
  ),
} as const satisfies Record<string, WorldFault>;
