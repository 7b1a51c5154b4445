import type { ObservedAlarm } from '../observed.types.ts';
import type { Finding } from '../plan.types.ts';
import type { Check, Inspected } from './check.types.ts';
import { error, warning } from './finding.ts';

/** The guards exist, are quiet, and can see green [160, 161]. */
export const checkAlarms: Check = (inspected) => {
  const { observed, request } = inspected;
  if (request.alarms.names.length === 0) {
    return [
      warning(
        'no-alarms',
        'expected at least one alarm, found none: only target health can roll this deployment back',
        'Add `"alarms": ["..."]` with alarms on the error rate and latency that users see.',
      ),
    ];
  }
  const missing = observed.alarms.missing.map((name) =>
    error(
      'alarm-not-found',
      `expected the alarm ${name}, found none in this account and Region`,
      `\`aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm --query '[MetricAlarms,CompositeAlarms][].AlarmName'\` lists them.`,
    ),
  );
  const states = observed.alarms.alarms.flatMap((alarm) => [
    ...red(alarm, inspected),
    ...dataless(alarm, inspected),
  ]);
  return [...missing, ...states, ...blindToGreen(inspected), ...unscoped(inspected)];
};

const red = ({ name, state, reason }: ObservedAlarm, { request }: Inspected): Finding[] => {
  if (state !== 'ALARM') return [];
  const because = reason === '' ? '' : ` (${reason})`;
  switch (request.alarms.redAtStart.kind) {
    case 'refuse':
      return [
        error(
          'alarm-red-at-start',
          `expected the alarm ${name} to be OK before the deployment, found ALARM${because}`,
          'Mend what it reports. If this deployment is the cure, set `redAtStart` to "ignoreUntilOk" or to {"override": "<why>"} in `alarms`.',
        ),
      ];
    case 'ignoreUntilOk':
      return [
        warning(
          'alarm-ignored-until-ok',
          `expected the alarm ${name} to be OK before the deployment, found ALARM${because}: it counts only after it has been OK once`,
          'Watch the deployment yourself until then.',
        ),
      ];
    case 'override':
      return [
        warning(
          'alarm-overridden',
          `expected the alarm ${name} to be OK before the deployment, found ALARM${because}: it is not watched in this deployment (${request.alarms.redAtStart.reason})`,
          'Watch the deployment yourself.',
        ),
      ];
  }
};

const dataless = ({ name, state }: ObservedAlarm, { request }: Inspected): Finding[] => {
  if (state !== 'INSUFFICIENT_DATA') return [];
  const message = `expected the alarm ${name} to have data, found INSUFFICIENT_DATA`;
  const fix = `See how it treats missing data (\`aws cloudwatch describe-alarms --alarm-names "${name}"\`): notBreaching suits error counts, which are absent when zero.`;
  return request.alarms.withoutData === 'block'
    ? [error('alarm-without-data', message, `${fix} Or set \`withoutData\` to "ignore" in \`alarms\`.`)]
    : [warning('alarm-without-data', `${message}: it reads as not red`, fix)];
};

/** Colours alternate: an alarm on blue's group alone guards what is about to go. */
const blindToGreen = ({ observed, found }: Inspected): Finding[] => {
  const { blueGroupArn, greenGroupArn } = found;
  if (blueGroupArn === null || greenGroupArn === null) return [];
  const watched = observed.alarms.alarms.flatMap(({ targetGroupDimension }) => targetGroupDimension ?? []);
  const seesBlue = watched.some((dimension) => blueGroupArn.endsWith(dimension));
  const seesGreen = watched.some((dimension) => greenGroupArn.endsWith(dimension));
  if (!seesBlue || seesGreen) return [];
  return [
    warning(
      'alarms-blind-to-green',
      "expected alarms on both target groups, found them on blue's only: they cannot see what green does",
      "Add the same alarm with green's TargetGroup dimension, or one on the load balancer.",
    ),
  ];
};

/** At 5 % a version that fails every request moves the balancer's error rate by 5 %: less than many a threshold. */
const unscoped = ({ observed }: Inspected): Finding[] => {
  const { alarms } = observed.alarms;
  const wide = alarms.filter(({ wholeLoadBalancer }) => wholeLoadBalancer === true);
  // What a composite alarm is made of is not read here, and metrics of the application may tell versions apart.
  if (wide.length === 0 || wide.length < alarms.length) return [];
  return [
    warning(
      'alarms-not-scoped',
      `expected an alarm on green's target group, found ${wide.map(({ name }) => name).join(', ')} on the whole load balancer only: in the first shifts blue's requests hide what green does`,
      'Add the same alarm for each group: `aws cloudwatch put-metric-alarm` with the dimensions TargetGroup and LoadBalancer, e.g. HTTPCode_Target_5XX_Count over RequestCount.',
    ),
  ];
};
