import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { NOW } from '../core/a-deployment.ts';

export const anAlarm = (
  AlarmName: string,
  StateValue: StateValue,
  changes: MetricAlarm = {},
): MetricAlarm => ({
  AlarmName,
  StateValue,
  StateReason: StateValue === 'ALARM' ? 'Threshold Crossed' : '',
  StateUpdatedTimestamp: new Date(NOW),
  ...changes,
});
