import { MINUTE_MS } from '../../core/clock.ts';
import type { DataPlane } from '../elbv2/elbv2.ts';
import type { Minutes } from './minutes.ts';

/** Notes each group's hosts in the minutes: once a minute, and whenever its targets have changed. */
export const watchHosts = (
  dataPlane: Pick<DataPlane, 'groupArns' | 'targets' | 'counts' | 'onGroupChange'>,
  minutes: Pick<Minutes, 'hosts'>,
): ((atMs: number) => void) => {
  /** Groups whose hosts have changed since they were noted in this minute. */
  const unnoted = new Set(dataPlane.groupArns());
  dataPlane.onGroupChange((arn) => unnoted.add(arn));
  let notedMinute = Number.NaN;

  return (atMs) => {
    const minute = Math.floor(atMs / MINUTE_MS);
    for (const arn of minute === notedMinute ? unnoted : dataPlane.groupArns()) {
      const targets = dataPlane.targets(arn);
      const unhealthy = targets.filter(({ state }) => state === 'unhealthy').length;
      const { healthy, registered } = dataPlane.counts(arn);
      minutes.hosts(arn, atMs, { healthy, unhealthy, registered });
    }
    unnoted.clear();
    notedMinute = minute;
  };
};
