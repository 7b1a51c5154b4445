import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Listener,
  type Rule,
  type RuleCondition,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  Input,
  LooseGroup,
  MoveNames,
  MoveObservation,
  ReadGroup,
  ReadRoute,
  ReadService,
} from '../core/adoption/adoption.types.ts';
import { SERVED_BESIDE_TAG, SERVED_TAG } from '../core/adoption/names.ts';
import { isPreview, partnerOf } from '../core/adoption/roles.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { readForward } from './forward-action.ts';
import { readListeners, readRules } from './listener-pages.ts';
import { allPages } from './pages.ts';
import { labelOfDefault, labelOfRule } from './route-label.ts';
import { readRouteTags } from './route-tags.ts';

type Balancing = Pick<MoveObservation, 'groups' | 'loose' | 'routes' | 'priorities' | 'network'>;

/** What CreateTargetGroup takes, but the name and the tags. */
const SETTINGS = [
  'Protocol',
  'ProtocolVersion',
  'Port',
  'VpcId',
  'TargetType',
  'IpAddressType',
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const satisfies readonly (keyof TargetGroup)[];

const groupsNamedBy = (service: ReadService | null): string[] =>
  service === null
    ? []
    : [
        service.balancer?.targetGroupArn,
        service.balancer?.alternateArn,
        service.tags[SERVED_TAG],
        service.tags[SERVED_BESIDE_TAG],
        ...service.taskSets.map(({ targetGroupArn }) => targetGroupArn),
      ].flatMap((arn) => arn ?? []);

/** The groups of both services, and every route of the load balancers that they are behind. */
export const readBalancing = async (
  elbv2: Sender,
  call: Call,
  names: MoveNames,
  services: readonly (ReadService | null)[],
): Promise<Balancing> => {
  const all = await readGroups(elbv2, call);
  const named = new Set(services.flatMap(groupsNamedBy));
  const own = all.filter(
    ({ TargetGroupArn = '', TargetGroupName = '' }) =>
      named.has(TargetGroupArn) || [names.blue, names.green].includes(TargetGroupName),
  );
  const balancers = [...new Set(own.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns))];
  const listeners: Listener[] = [];
  for (const arn of balancers) listeners.push(...(await readListeners(elbv2, call, arn)));
  const routes: ReadRoute[] = [];
  const priorities: Record<string, number[]> = {};
  for (const listener of listeners) {
    const rules = await readRules(elbv2, call, listener);
    routes.push(...routesOf(listener, rules));
    priorities[listener.ListenerArn ?? ''] = rules.flatMap(({ Priority }) =>
      Number.isNaN(Number(Priority)) ? [] : [Number(Priority)],
    );
  }
  const ownArns = new Set(own.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []));
  const near = routes.filter(
    (route) =>
      isPreview(names, route) || route.groups.some(({ targetGroupArn }) => ownArns.has(targetGroupArn)),
  );
  const beside = near.flatMap(({ groups }) => groups.map(({ targetGroupArn }) => targetGroupArn));
  const shown = all.filter(
    ({ TargetGroupArn = '' }) => ownArns.has(TargetGroupArn) || beside.includes(TargetGroupArn),
  );
  const groups = await describeGroups(elbv2, call, shown);
  const [old] = services;
  const loose = near.every((route) => route.groups.length < 2 && !isPreview(names, route))
    ? await readLoose(elbv2, call, all, old ?? null)
    : [];
  const from = old?.taskSets.find(({ status }) => status === 'PRIMARY')?.targetGroupArn ?? null;
  const partner = partnerOf(names, { groups, loose }, from);
  const found = all.filter(({ TargetGroupArn }) => TargetGroupArn === partner?.arn);
  return {
    groups: [...groups, ...(await describeGroups(elbv2, call, found))],
    loose,
    routes,
    priorities,
    network: balancers.some((arn) => arn.includes(':loadbalancer/net/')),
  };
};

/** What two groups of one service have in common. */
const KIND = ['VpcId', 'Protocol', 'ProtocolVersion', 'TargetType', 'Port'] as const;

/** Groups that no load balancer uses, like the one that an EXTERNAL service serves from. */
const readLoose = async (
  elbv2: Sender,
  call: Call,
  all: readonly TargetGroup[],
  old: ReadService | null,
): Promise<LooseGroup[]> => {
  if (old?.controller !== 'EXTERNAL') return [];
  const serving = old.balancer?.targetGroupArn;
  const model = all.find(({ TargetGroupArn }) => TargetGroupArn === serving);
  const alike = all.filter(
    ({ LoadBalancerArns = [], ...group }) =>
      model !== undefined && LoadBalancerArns.length === 0 && KIND.every((key) => group[key] === model[key]),
  );
  const arns = alike.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
  const tagged = await readRouteTags(elbv2, call, arns);
  return alike.map(({ TargetGroupArn: arn = '', TargetGroupName: name = '' }) => ({
    arn,
    name,
    tags: tagged.find((one) => one.arn === arn)?.tags ?? {},
  }));
};

const readGroups = (elbv2: Sender, call: Call): Promise<TargetGroup[]> => {
  const what = 'list the target groups';
  return allPages(what, async (Marker) => {
    const answer = await call(elbv2, new DescribeTargetGroupsCommand(defined({ Marker })), { what });
    return { items: answer.TargetGroups, next: answer.NextMarker };
  });
};

/** As CreateRule takes it: a description repeats some values in a second form. */
const conditionOf = (condition: RuleCondition): Input => {
  const { Field, Values, ...configs } = condition;
  const given = Object.entries(configs).filter(([, value]) => value !== undefined);
  return given.length > 0 ? { Field, ...Object.fromEntries(given) } : { Field, Values };
};

const routesOf = (listener: Listener, rules: readonly Rule[]): ReadRoute[] => {
  const listenerArn = listener.ListenerArn ?? '';
  const route = (
    actions: Rule['Actions'],
    rest: Pick<ReadRoute, 'arn' | 'kind' | 'label' | 'priority' | 'conditions'>,
  ): ReadRoute[] => {
    const forward = readForward(actions ?? []);
    if (forward === null) return [];
    const { stickiness, groups, otherActions = [] } = forward;
    const stickySeconds = stickiness.enabled ? (stickiness.durationSeconds ?? 0) : null;
    return [{ ...rest, listenerArn, groups, before: otherActions, stickySeconds }];
  };
  return [
    ...rules
      .filter(({ IsDefault }) => IsDefault !== true)
      .flatMap((rule) =>
        route(rule.Actions, {
          arn: rule.RuleArn ?? '',
          kind: 'rule',
          label: labelOfRule(listener, rule),
          priority: Number(rule.Priority),
          conditions: (rule.Conditions ?? []).map(conditionOf),
        }),
      ),
    ...route(listener.DefaultActions, {
      arn: listenerArn,
      kind: 'listener',
      label: labelOfDefault(listener),
      priority: null,
      conditions: [],
    }),
  ];
};

const describeGroups = async (
  elbv2: Sender,
  call: Call,
  groups: readonly TargetGroup[],
): Promise<ReadGroup[]> => {
  const arns = groups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
  const tagged = await readRouteTags(elbv2, call, arns);
  const described: ReadGroup[] = [];
  for (const group of groups) {
    const { TargetGroupArn = '', TargetGroupName = '' } = group;
    const { Attributes = [] } = await call(
      elbv2,
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
      { what: `read the attributes of ${TargetGroupName}` },
    );
    const { TargetHealthDescriptions = [] } = await call(
      elbv2,
      new DescribeTargetHealthCommand({ TargetGroupArn }),
      { what: `read the health of ${TargetGroupName}` },
    );
    const states = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth);
    const live = states.filter((health) => !health?.State?.includes('draining'));
    described.push({
      arn: TargetGroupArn,
      name: TargetGroupName,
      settings: defined(Object.fromEntries(SETTINGS.map((key) => [key, group[key]]))),
      attributes: Object.fromEntries(Attributes.map(({ Key = '', Value = '' }) => [Key, Value])),
      tags: tagged.find(({ arn }) => arn === TargetGroupArn)?.tags ?? {},
      registered: states.length,
      healthy: live.filter((health) => health?.State === 'healthy').length,
      reasons: [
        ...new Set(
          live.flatMap((health) => (health?.State === 'healthy' ? [] : (health?.Description ?? []))),
        ),
      ],
    });
  }
  return described;
};
