import type {
  Action,
  CreateRuleInput,
  CreateTargetGroupInput,
  DeleteRuleInput,
  DeleteTargetGroupInput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupInput,
  Rule,
  Tag,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError as invalid, type Operations, SimApiError } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';
import type { WorldSeed } from '../parts.types.ts';
import type { Routes, SimRoute } from './routes.ts';
import { checkConditions, checkPriority } from './rule-limits.ts';
import { type GroupSettings, settingsOf } from './target-groups.ts';

type Parts = {
  seed: WorldSeed;
  routes: Routes;
  groups: Map<string, GroupSettings>;
  write(route: SimRoute, actions: Action[], by: string): void;
  deleteRule(route: SimRoute, by: string): void;
  tags(arn: string, tags: readonly Tag[]): void;
  describedGroup(group: GroupSettings): TargetGroup;
  describedRule(route: SimRoute): Rule;
  byRuleArn(arn: string): SimRoute | undefined;
};

const GROUP_SETTINGS = [
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
] as const;

/** API reference, CreateTargetGroup: up to 32 letters, digits and hyphens, none at an end. */
const GROUP_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;

/** What people change of a group's checks, and the ranges of the API reference. */
const CHECK_TIMES = ['HealthCheckIntervalSeconds', 'UnhealthyThresholdCount'] as const;
const CHECK_RANGES = { HealthCheckIntervalSeconds: [5, 300], UnhealthyThresholdCount: [2, 10] } as const;

/** Sixteen hex digits that depend on the text alone. */
const idOf = (text: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (const letter of text)
    hash = ((hash ^ BigInt(letter.charCodeAt(0))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
};

/** Target groups and rules that people make and delete during a run. */
export const madeAndDeleted = (parts: Parts): Operations => {
  const { seed, routes, groups } = parts;
  let made = 0;
  const found = (arn: string | undefined): GroupSettings => {
    const group = groups.get(arn ?? '');
    if (group === undefined)
      throw new SimApiError('TargetGroupNotFoundException', `Target group '${arn}' not found`);
    return group;
  };

  return {
    CreateTargetGroup: (input: CreateTargetGroupInput) => {
      onlyMembers('CreateTargetGroup', input, ['Name', 'Tags', ...GROUP_SETTINGS]);
      const name = input.Name ?? '';
      if (!GROUP_NAME.test(name)) throw invalid(`The target group name '${name}' is not valid`);
      const settings = Object.fromEntries(
        GROUP_SETTINGS.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])),
      );
      const there = [...groups.values()].find((group) => group.name === name);
      // The same settings again answer the group that there is (API reference).
      const differs = GROUP_SETTINGS.some(
        (key) => JSON.stringify(there?.described[key]) !== JSON.stringify(settings[key]),
      );
      if (there !== undefined && differs)
        throw new SimApiError(
          'DuplicateTargetGroupNameException',
          `A target group with the same name '${name}' exists, but with different settings`,
        );
      if (there !== undefined) return { TargetGroups: [parts.describedGroup(there)] };
      made += 1;
      const id = idOf(`${name}/${made}`);
      const arn = `arn:aws:elasticloadbalancing:${seed.region}:${seed.account}:targetgroup/${name}/${id}`;
      const group = settingsOf({ TargetGroupArn: arn, TargetGroupName: name, ...settings }, []);
      groups.set(arn, group);
      parts.tags(arn, input.Tags ?? []);
      return { TargetGroups: [parts.describedGroup(group)] };
    },

    ModifyTargetGroup: ({ TargetGroupArn, ...changed }: ModifyTargetGroupInput) => {
      onlyMembers('ModifyTargetGroup', changed, CHECK_TIMES);
      for (const [key, [least, most]] of Object.entries(CHECK_RANGES)) {
        const value = changed[key as keyof typeof changed];
        if (value !== undefined && !(Number(value) >= least && Number(value) <= most))
          throw invalid(`${key} must be between ${least} and ${most}`);
      }
      const group = found(TargetGroupArn);
      Object.assign(group, settingsOf({ ...group.described, ...changed }, group.attributes));
      return { TargetGroups: [parts.describedGroup(group)] };
    },

    ModifyTargetGroupAttributes: (input: ModifyTargetGroupAttributesInput) => {
      onlyMembers('ModifyTargetGroupAttributes', input, ['TargetGroupArn', 'Attributes']);
      const group = found(input.TargetGroupArn);
      const changed = input.Attributes ?? [];
      const kept = group.attributes.filter(({ Key }) => !changed.some((attribute) => attribute.Key === Key));
      Object.assign(group, settingsOf(group.described, [...kept, ...changed]));
      return { Attributes: group.attributes };
    },

    /** One that is gone is deleted again without an error (assumed: the API names only ResourceInUse). */
    DeleteTargetGroup: (input: DeleteTargetGroupInput) => {
      onlyMembers('DeleteTargetGroup', input, ['TargetGroupArn']);
      const arn = input.TargetGroupArn ?? '';
      if (routes.isAttached(arn))
        throw new SimApiError(
          'ResourceInUseException',
          `Target group '${arn}' is currently in use by a listener or a rule`,
        );
      groups.delete(arn);
      return {};
    },

    CreateRule: (input: CreateRuleInput) => {
      onlyMembers('CreateRule', input, ['ListenerArn', 'Conditions', 'Priority', 'Actions', 'Tags']);
      const { ListenerArn = '', Conditions = [], Priority = 0, Actions = [] } = input;
      if (routes.find(ListenerArn)?.kind !== 'listener')
        throw new SimApiError('ListenerNotFoundException', `One or more listeners not found: ${ListenerArn}`);
      checkConditions(Conditions);
      checkPriority(routes, ListenerArn, Priority);
      made += 1;
      const RuleArn = `${ListenerArn.replace(':listener/', ':listener-rule/')}/${idOf(`rule/${made}`)}`;
      const route = routes.add(ListenerArn, { RuleArn, Priority: String(Priority), Conditions });
      try {
        parts.write(route, Actions, 'cutover');
      } catch (error) {
        routes.forget(route);
        throw error;
      }
      parts.tags(RuleArn, input.Tags ?? []);
      return { Rules: [parts.describedRule(route)] };
    },

    DeleteRule: (input: DeleteRuleInput) => {
      onlyMembers('DeleteRule', input, ['RuleArn']);
      const route = parts.byRuleArn(input.RuleArn ?? '');
      if (route === undefined || routes.isDeleted(route))
        throw new SimApiError('RuleNotFoundException', `One or more rules not found: ${input.RuleArn}`);
      if (route.kind === 'listener')
        throw new SimApiError('OperationNotPermittedException', 'A default rule cannot be deleted');
      parts.deleteRule(route, 'cutover');
      return {};
    },
  };
};
