import type { DeleteAlarmsInput, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { validationError as invalid, type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { Alarm, AlarmStates } from './alarm-states.ts';

const MEMBERS = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'AlarmActions',
  'OKActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'Metrics',
] as const;

/** API reference of DeleteAlarms. */
const MOST_DELETED = 100;

type Parts = {
  states: AlarmStates;
  /** Begins to evaluate it, or begins again. */
  evaluate(alarm: Alarm, described: MetricAlarm): void;
  changed(): void;
};

/** Metric alarms that people make and delete during a run. A new one has no data yet [fact 114]. */
export const alarmWrites = ({ states, evaluate, changed }: Parts): Operations => ({
  PutMetricAlarm: (input: PutMetricAlarmInput): object => {
    onlyMembers('PutMetricAlarm', input, [...MEMBERS]);
    const { AlarmName: name } = input;
    if (name === undefined || name === '' || name.length > 255)
      throw invalid("Value at 'alarmName' must have a length from 1 to 255");
    if (input.EvaluationPeriods === undefined || input.ComparisonOperator === undefined)
      throw invalid('EvaluationPeriods and ComparisonOperator are required');
    if ((input.MetricName === undefined) === ((input.Metrics ?? []).length === 0))
      throw invalid('expected either MetricName or Metrics');
    if (states.find(name)?.type === 'CompositeAlarm')
      throw invalid(`${name} is the name of a composite alarm`);
    // The same name again writes over it, and keeps its state (API reference).
    const described = { ...input } as MetricAlarm;
    evaluate(states.put(described), described);
    changed();
    return {};
  },
  /** An unknown name, and nothing is deleted (API reference). */
  DeleteAlarms: (input: DeleteAlarmsInput): object => {
    onlyMembers('DeleteAlarms', input, ['AlarmNames']);
    const names = input.AlarmNames ?? [];
    if (names.length === 0 || names.length > MOST_DELETED)
      throw invalid(`AlarmNames takes 1 to ${MOST_DELETED} names; found ${names.length}`);
    const unknown = names.find((name) => states.find(name) === undefined);
    if (unknown !== undefined) throw new SimApiError('ResourceNotFound', `Unknown alarm ${unknown}`, 404);
    for (const name of names) states.remove(name);
    changed();
    return {};
  },
});
