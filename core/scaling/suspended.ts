import type { Suspended } from '../vocabulary/scaling.types.ts';

export const sameSuspended = (a: Suspended, b: Suspended): boolean =>
  a.scaleIn === b.scaleIn && a.scaleOut === b.scaleOut && a.scheduled === b.scheduled;

const names = {
  scaleIn: 'scale-in',
  scaleOut: 'scale-out',
  scheduled: 'scheduled scaling',
} as const satisfies Record<keyof Suspended, string>;

/** `scale-in suspended`, `scale-in and scale-out suspended`, `nothing suspended` */
export const describeSuspended = (suspended: Suspended): string => {
  const those = Object.entries(names).flatMap(([member, name]) =>
    suspended[member as keyof Suspended] ? [name] : [],
  );
  const last = those.pop();
  if (last === undefined) return 'nothing suspended';
  return `${those.length === 0 ? last : `${those.join(', ')} and ${last}`} suspended`;
};

/** What a person types to have a service's scaling so; all three, since what leaving one out does is not documented. */
export const scalingCommand = (resourceId: string, { scaleIn, scaleOut, scheduled }: Suspended): string =>
  `aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id ${resourceId} ` +
  '--scalable-dimension ecs:service:DesiredCount --suspended-state ' +
  `DynamicScalingInSuspended=${scaleIn},DynamicScalingOutSuspended=${scaleOut},` +
  `ScheduledScalingSuspended=${scheduled}`;
