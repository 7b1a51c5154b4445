import {
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  type Dimension,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { chunks } from '../core/chunks.ts';
import { oneLine } from '../core/one-line.ts';
import type { ObservedAlarm } from '../core/vocabulary/observed.types.ts';
import { defined, required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import type { Alarms } from './metric-verbs.ts';
import { allPages } from './pages.ts';

/** DescribeAlarms takes at most so many names, and answers at most so many alarms [fact 112]. */
const NAMES_PER_CALL = 100;

export const makeAlarms = (client: Sender, call: Call): Alarms => ({
  async read(names) {
    const alarms: ObservedAlarm[] = [];
    for (const some of chunks([...new Set(names)], NAMES_PER_CALL)) {
      const what = `read alarms ${some.join(', ')}`;
      const page = await allPages(what, async (NextToken) => {
        const command = new DescribeAlarmsCommand({
          AlarmNames: some,
          // Without it composite alarms are left out without a word [fact 112].
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: NAMES_PER_CALL,
          ...defined({ NextToken }),
        });
        // An observation without the alarms is no observation.
        const answer = await call(client, command, { what, first: true });
        return { items: observe(answer, what), next: answer.NextToken };
      });
      alarms.push(...page);
    }
    // Unknown names are left out of the answer without a word too.
    const known = new Set(alarms.map((alarm) => alarm.name));
    return { alarms, missing: [...new Set(names)].filter((name) => !known.has(name)) };
  },
});

const observe = (answer: DescribeAlarmsCommandOutput, what: string): ObservedAlarm[] => [
  ...(answer.MetricAlarms ?? []).map((alarm) => ({
    ...stateOf(alarm, 'metric', what),
    ...defined({
      targetGroupDimension: targetGroupOf(alarm),
      wholeLoadBalancer: isOfWholeLoadBalancer(alarm) ? true : undefined,
    }),
  })),
  ...(answer.CompositeAlarms ?? []).map((alarm) => stateOf(alarm, 'composite', what)),
];

const stateOf = (
  alarm: MetricAlarm | CompositeAlarm,
  kind: ObservedAlarm['kind'],
  what: string,
): ObservedAlarm => ({
  name: required(alarm.AlarmName, 'the name of an alarm', what),
  kind,
  state: required(alarm.StateValue, 'the state of an alarm', what),
  reason: oneLine(alarm.StateReason ?? ''),
  updatedAtMs: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
});

/**
 * The one group the alarm watches, in its own dimensions or in those of its metric math. Several: it compares groups.
 */
const targetGroupOf = (alarm: MetricAlarm): string | undefined => {
  const groups = new Set(
    dimensionsOf(alarm).flatMap(({ Name, Value }) => (Name === 'TargetGroup' ? (Value ?? []) : [])),
  );
  return groups.size === 1 ? [...groups][0] : undefined;
};

const dimensionsOf = (alarm: MetricAlarm): Dimension[] => [
  ...(alarm.Dimensions ?? []),
  ...(alarm.Metrics ?? []).flatMap((query) => query.MetricStat?.Metric?.Dimensions ?? []),
];

const isOfWholeLoadBalancer = (alarm: MetricAlarm): boolean => {
  const names = dimensionsOf(alarm).map(({ Name }) => Name);
  return names.includes('LoadBalancer') && !names.includes('TargetGroup');
};
