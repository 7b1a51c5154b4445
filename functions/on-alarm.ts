import type { EventBridgeEvent } from 'aws-lambda';
import type { HeldLease } from '../aws/store-verbs.ts';
import { DeploymentError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { executions, leases, record } from './deps.ts';
import type { Deps } from './deps.types.ts';
import { lambdaHost } from './lambda-host.ts';
import { signalAlarm } from './signal.ts';
import { type StepDeps, toHandler } from './step.ts';

/** EventBridge's "CloudWatch Alarm State Change", as far as it is used; only transitions emit one [fact 117]. */
type AlarmEvent = EventBridgeEvent<
  'CloudWatch Alarm State Change',
  { alarmName: string; state: { value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' } }
>;

type Uses = 'executions' | 'leases' | 'record';

const notify = async (lease: HeldLease, alarmName: string, deps: Pick<Deps, 'executions' | 'record'>) =>
  signalAlarm(lease.deploymentId, alarmName, deps);

/**
 * @throws InvalidRequest for what is no such event: Lambda's retries would change nothing, and its queue keeps it for
 * a person.
 */
const detailOf = (event: unknown): AlarmEvent['detail'] => {
  const detail = isObject(event) && isObject(event.detail) ? event.detail : {};
  const { alarmName, state } = detail;
  if (typeof alarmName === 'string' && isObject(state) && typeof state.value === 'string')
    return detail as AlarmEvent['detail'];
  throw new DeploymentError(
    'InvalidRequest',
    'expected EventBridge\'s "CloudWatch Alarm State Change" with detail.alarmName and ' +
      'detail.state.value, found something else',
  );
};

/**
 * Wakes every deployment that watches the alarm. The event is trusted for nothing else: it may be late, doubled, or
 * for an alarm that has long been OK again, and JudgeHealth reads the alarm itself.
 */
export const onAlarm = async (event: unknown, deps: StepDeps<Uses>): Promise<{ notified: string[] }> => {
  const detail = detailOf(event);
  if (detail.state.value !== 'ALARM') return { notified: [] };
  const watching = (await deps.leases.held()).filter(({ alarms }) => alarms.includes(detail.alarmName));

  const results = await Promise.allSettled(watching.map((lease) => notify(lease, detail.alarmName, deps)));
  // The others have been notified; failing makes Lambda deliver the event again, and a signal twice is a signal.
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { notified: watching.map(({ deploymentId }) => deploymentId) };
};

export const handler = toHandler('OnAlarm', onAlarm, { executions, leases, record }, lambdaHost);
