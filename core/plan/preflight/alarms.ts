import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedAlarm } from '../../vocabulary/observed.types.ts';
import { whyNotAnalysed } from '../analysis.ts';
import { groupOf, loadBalancerKind } from '../discovery.ts';
import type { Check, Inspected } from './check.types.ts';
import { createAlarmOn, word } from './commands.ts';
import { error, warning } from './finding.ts';
import { balancersOf } from './on-routes.ts';

/** The guards exist, are quiet, and can see green [fact 160, 161]. */
export const checkAlarms: Check = (inspected) => {
  const { observed, request } = inspected;
  if (request.alarms.names.length === 0) {
    return [
      warning(
        'no-alarms',
        `expected at least one alarm, found none: only ${otherGuards(inspected)} can roll this deployment back`,
        'Add `"alarms": ["..."]` to the request: alarms on the errors and the latency that users see. ' +
          'For a start, these make one for each group.',
        alarmsOn(inspected, 'both'),
      ),
    ];
  }
  const inState = (wanted: ObservedAlarm['state']) =>
    observed.alarms.alarms.filter(({ state }) => state === wanted);
  const states = [...red(inState('ALARM'), inspected), ...dataless(inState('INSUFFICIENT_DATA'), inspected)];
  const missing = notFound(observed.alarms.missing);
  return [...missing, ...states, ...blindToGreen(inspected), ...unscoped(inspected)];
};

/** What rolls back without an alarm: a comparison that decides is a guard, one that advises is none. */
const otherGuards = ({ observed, request: { analysis }, found }: Inspected): string => {
  const blue = found.primary;
  const kind = loadBalancerKind(observed, found);
  const compared =
    analysis !== undefined && whyNotAnalysed({ blue, analysis, loadBalancerKind: kind }) === null;
  const deciding = (['errors', 'latency'] as const).filter((metric) => analysis?.[metric].use === 'decide');
  return compared && deciding.length > 0
    ? `target health and the comparison of green's ${deciding.join(' and ')} with blue's`
    : 'target health';
};

/** One finding for all of them: what is wrong with one alarm is mostly wrong with its neighbours. */
const named = (names: readonly string[]): string =>
  `the ${names.length === 1 ? 'alarm' : 'alarms'} ${names.join(', ')}`;

const notFound = (names: readonly string[]): Finding[] =>
  names.length === 0
    ? []
    : [
        error(
          'alarm-not-found',
          `expected ${named(names)}, found none in this account and Region: nobody would be watching`,
          'Correct the name in `alarms`, the account or the Region. This lists the alarms there are.',
          [
            'aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm --query ' +
              "'[MetricAlarms,CompositeAlarms][].AlarmName' --output text",
          ],
        ),
      ];

/** Whose reasons and commands a finding has; the others are named. */
const DESCRIBED = 3;

const red = (alarms: readonly ObservedAlarm[], { request }: Inspected): Finding[] => {
  if (alarms.length === 0) return [];
  const one = alarms.length === 1;
  const first = alarms.slice(0, DESCRIBED);
  const reasons = first
    .filter(({ reason }) => reason !== '')
    .map(({ name, reason }) => (one ? reason : `${name}: ${reason}`));
  const because = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  const expected = `expected ${named(alarms.map(({ name }) => name))} to be OK before the deployment`;
  switch (request.alarms.redAtStart.kind) {
    case 'refuse':
      return [
        error(
          'alarm-red-at-start',
          `${expected}, found ALARM${because}`,
          `Fix what ${one ? 'it reports' : 'they report'}; this shows since when. ` +
            'If this deployment is the cure, write ' +
            `\`"alarms": ${JSON.stringify({ names: request.alarms.names, redAtStart: 'ignoreUntilOk' })}\` ` +
            'in the request.',
          first.map(
            ({ name }) =>
              `aws cloudwatch describe-alarm-history --alarm-name ${word(name)} --history-item-type ` +
              'StateUpdate --max-items 5',
          ),
        ),
      ];
    case 'ignoreUntilOk':
      return [
        warning(
          'alarm-ignored-until-ok',
          `${expected}, found ALARM${because}: ` +
            `${one ? 'it counts only after it has' : 'each counts only after it has'} been OK once`,
          'Watch the deployment yourself until then.',
        ),
      ];
    case 'override':
      return [
        warning(
          'alarm-overridden',
          `${expected}, found ALARM${because}: ${one ? 'it is' : 'they are'} not ` +
            `watched in this deployment (${request.alarms.redAtStart.reason})`,
          'Watch the deployment yourself.',
        ),
      ];
  }
};

const dataless = (alarms: readonly ObservedAlarm[], { request }: Inspected): Finding[] => {
  if (alarms.length === 0) return [];
  const names = alarms.map(({ name }) => name);
  const message = `expected ${named(names)} to have data, found INSUFFICIENT_DATA`;
  const fix =
    'Put it again with `--treat-missing-data notBreaching` if it counts errors, which are absent when ' +
    'there are none; if not, find out why its metric is silent. This shows how it is set up.';
  const commands = [
    `aws cloudwatch describe-alarms --alarm-names ${names.map(word).join(' ')} ` +
      '--alarm-types MetricAlarm CompositeAlarm',
  ];
  return request.alarms.withoutData === 'block'
    ? [
        error(
          'alarm-without-data',
          message,
          `${fix} Or set \`withoutData\` to "ignore" in \`alarms\`.`,
          commands,
        ),
      ]
    : [warning('alarm-without-data', `${message}: it counts as not red`, fix, commands)];
};

/** Colours alternate: an alarm on blue's group alone guards what is about to go. */
const blindToGreen = (inspected: Inspected): Finding[] => {
  const { observed, found } = inspected;
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
      "Add the same alarm with green's TargetGroup dimension and name it in `alarms`, for example:",
      alarmsOn(inspected, 'green'),
    ),
  ];
};

/** At 5 % a version that fails every request moves the balancer's error rate by 5 %: less than many a threshold. */
const unscoped = (inspected: Inspected): Finding[] => {
  const { observed } = inspected;
  const { alarms } = observed.alarms;
  const wide = alarms.filter(({ wholeLoadBalancer }) => wholeLoadBalancer === true);
  // What a composite alarm is made of is not read here, and metrics of the application may tell versions apart.
  if (wide.length === 0 || wide.length < alarms.length) return [];
  return [
    warning(
      'alarms-not-scoped',
      `expected an alarm on green's target group, found ${wide.map(({ name }) => name).join(', ')} on ` +
        "the whole load balancer only: in the first shifts blue's requests hide what green does",
      'Add the same alarm for each group, with the dimensions TargetGroup and LoadBalancer, and name ' +
        'them in `alarms`, for example:',
      alarmsOn(inspected, 'both'),
    ),
  ];
};

/** Colours alternate: both groups need one. */
const alarmsOn = (inspected: Inspected, which: 'green' | 'both'): string[] => {
  const { observed, found } = inspected;
  const [balancer] = balancersOf(inspected);
  const arns = which === 'green' ? [found.greenGroupArn] : [found.blueGroupArn, found.greenGroupArn];
  return arns.flatMap((arn) => {
    const group = groupOf(observed, arn);
    return balancer === undefined || group === undefined ? [] : [createAlarmOn(group, balancer)];
  });
};
