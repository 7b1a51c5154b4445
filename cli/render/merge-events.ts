import { targetGroupName } from '../../core/weights/weights.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';

/** Events of one key that follow each other are one line: forty tasks that start are not forty lines. */
export const mergeKey = ({ kind, data, why }: SimEvent): string | null => {
  if (kind === 'target' && typeof data?.targetGroupArn === 'string') {
    return JSON.stringify([kind, data.targetGroupArn, data.state, why]);
  }
  if (kind === 'task' && data?.taskArn !== undefined && typeof data.status === 'string') {
    return JSON.stringify([kind, data.taskSet, data.status, data.revision, why]);
  }
  return null;
};

/** The sentence for `count` events like this one. */
export const mergedSentence = ({ kind, data, what }: SimEvent, count: number): string => {
  if (count === 1) return what;
  if (kind === 'target')
    return `${count} targets of ${targetGroupName(String(data?.targetGroupArn))} are ${data?.state}`;
  return `${count} tasks are ${data?.status}${data?.revision === undefined ? '' : ` (${data.revision})`}`;
};
