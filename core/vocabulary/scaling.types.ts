/** What of a scalable target does nothing for now: Application Auto Scaling's SuspendedState, all three members. */
export type Suspended = { scaleIn: boolean; scaleOut: boolean; scheduled: boolean };

/** One scaling policy of the service. */
export type ScalingPolicy = {
  name: string;
  kind: 'targetTracking' | 'step' | 'predictive';
  /**
   * Of target tracking: what it keeps at its target, `ECSServiceAverageCPUUtilization` for one; `custom` for a user's.
   */
  metric?: string;
  /** Of ALBRequestCountPerTarget: the one group whose requests it counts, as `targetgroup/NAME/ID`. */
  targetGroup?: string;
};

export type ScheduledAction = {
  name: string;
  /** `cron(0 8 * * ? *)`, `rate(1 day)`, `at(2026-01-05T10:00:00)` */
  schedule: string;
  minCapacity?: number;
  maxCapacity?: number;
};

/** The service as a scalable target, and everything that scales it. */
export type ObservedScaling = {
  /** `service/CLUSTER/SERVICE` */
  resourceId: string;
  minCapacity: number;
  maxCapacity: number;
  suspended: Suspended;
  policies: ScalingPolicy[];
  scheduled: ScheduledAction[];
};

/** What a deployment does about what scales its service, and how it is undone; the same twice: nothing. */
export type ScalingPlan = {
  resourceId: string;
  /** What scales it, for people. */
  by: string[];
  /** As found, and so restored at the end. */
  was: Suspended;
  /** From before the first write to the end. */
  set: Suspended;
};

/** What became of the suspension at the deployment's end. */
export type ScalingEnd = {
  /** `restored`: as found, by this deployment. `asFound`: by somebody else. `gone`: no scalable target any more. */
  kind: 'restored' | 'asFound' | 'leftToOthers' | 'gone';
  reason: string;
};
