import type {
  CompositeAlarm,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { validationError as invalid, type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import { pageOf } from '../kernel/paging.ts';

export type DescribedAlarm =
  | { type: 'MetricAlarm'; name: string; described: MetricAlarm }
  | { type: 'CompositeAlarm'; name: string; described: CompositeAlarm };

const MAX_NAMES = 100;
const MODELLED = ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'MaxRecords', 'NextToken'];

/**
 * `alarms` gives those of these names, or all, in one order. DescribeAlarms: metric alarms only unless asked
 * otherwise, and unknown names are silently missing [fact 112].
 */
export const describeAlarms = (
  alarms: (names: string[] | undefined) => DescribedAlarm[],
  pageSize?: number,
): Operations => ({
  DescribeAlarms: (input: DescribeAlarmsInput): DescribeAlarmsOutput => {
    onlyMembers('DescribeAlarms', input, MODELLED);
    const { AlarmNames: names, AlarmNamePrefix: prefix, MaxRecords: max, StateValue: state } = input;
    if (names !== undefined && prefix !== undefined) {
      throw new SimApiError(
        'InvalidParameterCombination',
        'AlarmNames and AlarmNamePrefix exclude each other',
      );
    }
    if ((names?.length ?? 0) > MAX_NAMES) {
      throw invalid(`AlarmNames takes up to ${MAX_NAMES} names; found ${names?.length}`);
    }
    if (max !== undefined && (max < 1 || max > MAX_NAMES)) {
      throw invalid(`MaxRecords is from 1 to ${MAX_NAMES}; found ${max}`);
    }

    const types: readonly string[] = input.AlarmTypes ?? ['MetricAlarm'];
    const found = alarms(names).filter(
      ({ type, name, described }) =>
        types.includes(type) &&
        name.startsWith(prefix ?? '') &&
        (state === undefined || described.StateValue === state),
    );
    const { items, next } = pageOf(
      found,
      input.NextToken,
      max,
      () => new SimApiError('InvalidNextToken', 'The next token is not one this operation gave'),
      pageSize,
    );
    return {
      CompositeAlarms: items.flatMap((alarm) => (alarm.type === 'CompositeAlarm' ? [alarm.described] : [])),
      MetricAlarms: items.flatMap((alarm) => (alarm.type === 'MetricAlarm' ? [alarm.described] : [])),
      NextToken: next,
    };
  },
});
