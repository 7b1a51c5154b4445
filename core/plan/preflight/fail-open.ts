import type { Finding } from '../../vocabulary/finding.types.ts';
import type { ObservedTargetGroup } from '../../vocabulary/observed.types.ts';
import { groupOf } from '../discovery.ts';
import type { Check, Inspected } from './check.types.ts';
import { setAttributes } from './commands.ts';
import { warning } from './finding.ts';

const HEALTHY_TARGETS = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets';

const pairOf = ({ observed, found }: Inspected): ObservedTargetGroup[] =>
  [found.blueGroupArn, found.greenGroupArn].flatMap((arn) => groupOf(observed, arn) ?? []);

const limitOf = ({ failsOpenBelow = {} }: ObservedTargetGroup): string =>
  [
    ...(failsOpenBelow.count === undefined ? [] : [`${failsOpenBelow.count} healthy targets`]),
    ...(failsOpenBelow.percent === undefined ? [] : [`${failsOpenBelow.percent} % of them healthy`]),
  ].join(' or ');

/**
 * Users are placed by healthy targets. Below such a limit the load balancer asks the dead ones, too, and what a colour
 * carries is less than its healthy targets could [fact 88].
 */
const failsOpenEarly = (inspected: Inspected): Finding[] => {
  const groups = pairOf(inspected).filter(({ failsOpenBelow }) => failsOpenBelow !== undefined);
  const [first] = groups;
  if (first === undefined) return [];
  const names = groups.map(({ name }) => name).join(' and ');
  return [
    warning(
      'target-group-fails-open-early',
      `expected requests to go to healthy targets as long as there is one, found that ${names} sends them to all ` +
        `targets with fewer than ${limitOf(first)}: users whom a colour seems to carry reach dead tasks`,
      'Put the limit back to one target. Users who are moved by what a colour carries are counted by its healthy ' +
        'targets alone.',
      groups.map((group) =>
        setAttributes(group, { [`${HEALTHY_TARGETS}.count`]: 1, [`${HEALTHY_TARGETS}.percentage`]: 'off' }),
      ),
    ),
  ];
};

/** Half of a colour's targets may be all that one zone's users have: counts of the whole group do not show it. */
const staysInItsZone = (inspected: Inspected): Finding[] => {
  const groups = pairOf(inspected).filter(({ crossZone }) => crossZone === false);
  if (groups.length === 0) return [];
  return [
    warning(
      'cross-zone-off',
      `expected requests of every zone to reach every healthy target, found cross-zone load balancing off on ` +
        `${groups.map(({ name }) => name).join(' and ')}: when a zone loses its tasks its users get nobody, while ` +
        'the colour counts as half healthy',
      'Turn it on, or run so many tasks in each zone that none loses all. What a colour carries is counted over all ' +
        'zones.',
      groups.map((group) => setAttributes(group, { 'load_balancing.cross_zone.enabled': 'true' })),
    ),
  ];
};

/** Settings under which a healthy target is not what it seems to those who count them. */
export const checkFailOpen: Check = (inspected) => [
  ...failsOpenEarly(inspected),
  ...staysInItsZone(inspected),
];
