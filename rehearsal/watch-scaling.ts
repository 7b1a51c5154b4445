import type { ApiCall } from '../sim/kernel/call.types.ts';
import type { World } from '../sim/world.ts';

/**
 * What somebody else made of what scales a service, as far as it has to stand at the end: a write that comes between
 * a read and the write that rests on it cannot be seen, since the API has no condition for it.
 */
export const watchScaling = ({ autoScaling }: World, serviceKey: string) => {
  // As Application Auto Scaling writes the lease's key.
  const resourceId = `service/${serviceKey}`;
  let last = scalingText(autoScaling.suspendedOf(resourceId));
  let foreign: { text: string | null; seen: boolean } | null = null;

  return {
    now: (): string | null => scalingText(autoScaling.suspendedOf(resourceId)),
    /** To be called for each call that was served. */
    served({ operation, input, by }: ApiCall): void {
      const { ResourceId, ResourceIds } = input as { ResourceId?: string; ResourceIds?: string[] };
      if (operation === 'DescribeScalableTargets' && by !== undefined && ResourceIds?.includes(resourceId)) {
        if (foreign !== null) foreign = { ...foreign, seen: true };
      }
      if (operation !== 'RegisterScalableTarget' || ResourceId !== resourceId) return;
      const text = scalingText(autoScaling.suspendedOf(resourceId));
      if (by === undefined && text !== last) foreign = { text, seen: false };
      if (by !== undefined && foreign?.seen === false) foreign = null;
      last = text;
    },
    /** Undefined: nobody else changed it. */
    foreign: (): string | null | undefined => foreign?.text,
  };
};

const scalingText = (suspended: ReturnType<World['autoScaling']['suspendedOf']>): string | null =>
  suspended === undefined
    ? null
    : Object.entries(suspended)
        .map(([member, value]) => `${member} ${value}`)
        .join(', ');
