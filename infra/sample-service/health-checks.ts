/** Half again: a boot is slower when a cluster is busy, which is when it matters. */
const BOOT_MARGIN = 1.5;

export const balancerCheck = {
  intervalSeconds: 10,
  timeoutSeconds: 5,
  /** A new target needs one pass only; this many bring back one that failed. */
  healthyThreshold: 2,
  unhealthyThreshold: 3,
} as const;

/**
 * The container's check may fail for this long after its start without the task being stopped. ECS allows
 * 300.
 */
export const startPeriodSeconds = (bootSeconds: number): number =>
  Math.min(300, Math.ceil(bootSeconds * BOOT_MARGIN));

/**
 * The load balancer's check must tolerate the boot by itself: ECS takes a grace period for a service with the
 * EXTERNAL controller only once a first task set is PRIMARY, so on a first deployment interval x threshold is
 * all there is.
 */
export const unhealthyThreshold = (bootSeconds: number): number => {
  const needed = Math.ceil((bootSeconds * BOOT_MARGIN) / balancerCheck.intervalSeconds);
  // 10 is the most ELBv2 takes.
  return Math.min(10, Math.max(balancerCheck.unhealthyThreshold, needed));
};

/**
 * ECS sends SIGKILL this long after SIGTERM: later than the longest request ends. Fargate allows 120 at most.
 */
export const stopTimeoutSeconds = (longestRequestSeconds: number): number =>
  Math.min(120, longestRequestSeconds + 5);
