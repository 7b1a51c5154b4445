import type { DataPlane } from '../elbv2/elbv2.ts';
import { nextChangeMs } from '../elbv2/health-check.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Answers when some app next changes by itself, so that no stretch is integrated across it. */
export const watchAppChanges = (
  dataPlane: Pick<DataPlane, 'groupArns' | 'targets' | 'onGroupChange'>,
): ((fromMs: number) => number) => {
  /** By group; right as long as it lies ahead and the group's targets stay the same. */
  const nextOf = new Map<string, number>();
  const unknown = new Set(dataPlane.groupArns());
  dataPlane.onGroupChange((arn) => unknown.add(arn));
  let nextMs = NEVER;

  return (fromMs) => {
    if (unknown.size === 0 && fromMs < nextMs) return nextMs;
    if (fromMs >= nextMs) {
      for (const [arn, groupMs] of nextOf) if (groupMs <= fromMs) unknown.add(arn);
    }
    for (const arn of unknown) {
      const changes = dataPlane.targets(arn).map(({ app }) => nextChangeMs(app, fromMs) ?? NEVER);
      nextOf.set(arn, Math.min(NEVER, ...changes));
    }
    unknown.clear();
    nextMs = Math.min(NEVER, ...nextOf.values());
    return nextMs;
  };
};
