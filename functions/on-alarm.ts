import type { EventBridgeEvent } from 'aws-lambda';
import type { HeldLease } from '../aws/verbs.ts';
import { executions, leases, record } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { signalAlarm } from './signal.ts';
import { type StepDeps, toHandler } from './step.ts';

/** EventBridge's "CloudWatch Alarm State Change", as far as it is used; only transitions emit one [fact 117]. */
export type AlarmEvent = EventBridgeEvent<
  'CloudWatch Alarm State Change',
  { alarmName: string; state: { value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' } }
>;

type Uses = 'executions' | 'leases' | 'record';

const tell = async (lease: HeldLease, alarmName: string, deps: Pick<Deps, 'executions' | 'record'>) =>
  signalAlarm(lease.deploymentId, alarmName, deps);

/**
 * Wakes every deployment that watches the alarm. The event is trusted for nothing else: it may be late, doubled, or for an
 * alarm that has long been OK again, and JudgeHealth reads the alarm itself.
 */
export const onAlarm = async ({ detail }: AlarmEvent, deps: StepDeps<Uses>): Promise<{ told: string[] }> => {
  if (detail.state.value !== 'ALARM') return { told: [] };
  const watching = (await deps.leases.held()).filter(({ alarms }) => alarms.includes(detail.alarmName));

  const results = await Promise.allSettled(watching.map((lease) => tell(lease, detail.alarmName, deps)));
  // The others have been told; failing makes Lambda deliver the event again, and a signal twice is a signal.
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { told: watching.map(({ deploymentId }) => deploymentId) };
};

export const handler = toHandler('OnAlarm', onAlarm, { executions, leases, record }, lambdaHost);
