import type { GreenTasks } from '../vocabulary/decision.types.ts';
import type { CapacityPolicy } from '../vocabulary/request.types.ts';

type Asked = {
  capacity: Pick<CapacityPolicy, 'headroom'>;
  healthy: number;
  /** Of the service, as it is now. */
  desiredCount: number;
};

/** What a green that grows with its weight could carry now, with the headroom that every shift has. */
export const greenTasks = ({ capacity, healthy, desiredCount }: Asked): GreenTasks => {
  const whole = healthy >= desiredCount;
  const carriesPct = whole
    ? 100
    : Math.min(100, Math.floor((100 * healthy) / (desiredCount * capacity.headroom) + 1e-6));
  const has = `green has ${healthy} of ${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'}`;
  const line = `${has}, which ${healthy === 1 ? 'carries' : 'carry'} ${carriesPct} %`;
  return { tasks: healthy, of: desiredCount, carriesPct, line };
};
