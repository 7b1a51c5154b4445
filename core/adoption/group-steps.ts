import type {
  Input,
  Move,
  MoveKind,
  MoveNames,
  MoveObservation,
  ReadGroup,
  ReadRoute,
  Step,
} from './adoption.types.ts';
import { call, stop, wait } from './moves.ts';
import { MOVE_TAG, markOf, PREVIEW_HEADER } from './names.ts';
import { becomePatient, firstSettings } from './patience.ts';
import { groupOf, isOfOld, isPreview, isUnrouted, ours, type Roles, usersRoutes } from './roles.ts';

/** Rules are tried from 1 on. */
const FIRST_PRIORITY = 1;

const elbTags = (names: MoveNames): Input[] => [{ Key: MOVE_TAG, Value: markOf(names) }];

const isNamed = ({ routes }: MoveObservation, arn: string): boolean =>
  routes.some(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === arn));

/** Attributes of the model that the copy has not. */
const missing = (model: ReadGroup, copy: ReadGroup): Input[] =>
  Object.entries(model.attributes)
    .filter(([key, value]) => copy.attributes[key] !== value)
    .map(([Key, Value]) => ({ Key, Value }));

/** Two groups like the one that serves, which stays what it is: the way back. */
export const groupsStep = (names: MoveNames, rolesOf: (observed: MoveObservation) => Roles): Step => {
  const makeOne = (observed: MoveObservation, name: string): Move | null => {
    const model = groupOf(observed, rolesOf(observed).from);
    if (model === undefined) return wait('the target group that serves was not read');
    const there = observed.groups.find((group) => group.name === name);
    if (there === undefined)
      return call(
        'elbv2',
        'CreateTargetGroup',
        {
          Name: name,
          ...(name === names.blue ? firstSettings(observed, model) : model.settings),
          Tags: elbTags(names),
        },
        `create the target group ${name}`,
      );
    if (!ours(names, there))
      return stop(
        `there is a target group ${name} already, which this move has not made`,
        'give the new service, and with it its groups, another name with --name',
      );
    const Attributes = missing(model, there);
    return Attributes.length === 0
      ? name === names.blue
        ? becomePatient(observed, model, there)
        : null
      : call(
          'elbv2',
          'ModifyTargetGroupAttributes',
          { TargetGroupArn: there.arn, Attributes },
          `copy the attributes to ${name}`,
        );
  };
  const removeOne = (observed: MoveObservation, name: string): Move | null => {
    const there = observed.groups.find((group) => group.name === name);
    if (there === undefined || !ours(names, there) || isOfOld(there, rolesOf(observed))) return null;
    if (isNamed(observed, there.arn)) return wait(`a route still names ${name}`);
    if (there.registered > 0) return wait(`targets of ${name} drain`);
    return call(
      'elbv2',
      'DeleteTargetGroup',
      { TargetGroupArn: there.arn },
      `delete the target group ${name}`,
    );
  };
  return {
    id: 'groups',
    title: `make the target groups ${names.blue} and ${names.green}, copies of the one that serves`,
    writes: 'CreateTargetGroup, ModifyTargetGroupAttributes, ModifyTargetGroup',
    undo: 'DeleteTargetGroup',
    forward: (observed) => makeOne(observed, names.blue) ?? makeOne(observed, names.green),
    backward: (observed) => removeOne(observed, names.green) ?? removeOne(observed, names.blue),
  };
};

/** The users' route that a preview goes in front of: the first rule, or the default action. */
export const previewedRoute = (
  names: MoveNames,
  observed: MoveObservation,
  roles: Roles,
): ReadRoute | undefined =>
  [...usersRoutes(names, observed, roles)].sort(
    (a, b) => (a.priority ?? Number.POSITIVE_INFINITY) - (b.priority ?? Number.POSITIVE_INFINITY),
  )[0];

/** A free priority before the route, the nearest to it; null when there is none. */
export const priorityBefore = (route: ReadRoute, { priorities }: MoveObservation): number | null => {
  const taken = new Set(priorities[route.listenerArn] ?? []);
  const last = (route.priority ?? Math.max(FIRST_PRIORITY, ...taken) + 2) - 1;
  for (let priority = last; priority >= FIRST_PRIORITY; priority -= 1)
    if (!taken.has(priority)) return priority;
  return null;
};

/** No client has this address, so the rule matches no request, until somebody writes another one there. */
const NOBODY: Input = { Field: 'source-ip', SourceIpConfig: { Values: ['127.0.0.1/32'] } };

/**
 * Whether the users' route asks them to sign in first. A rule cannot copy that, because nobody can read its secret, and
 * a preview without it would let in everybody who knows the header.
 */
export const isGuarded = ({ before }: ReadRoute): boolean => before.length > 0;

/**
 * Copies of a sticky group are sticky, and an action of several such groups has to be, too [fact 79]: for as long as
 * the users' own. Another preview needs none, and its testers' cookies would hold in the users' route, too.
 */
const previewForward = (
  observed: MoveObservation,
  { from, to }: Roles,
  { stickySeconds }: Pick<ReadRoute, 'stickySeconds'>,
  TargetGroups: readonly Input[],
): Input => {
  const model = groupOf(observed, from) ?? groupOf(observed, to);
  const sticky = TargetGroups.length > 1 && model?.attributes['stickiness.enabled'] === 'true';
  return {
    TargetGroups,
    ...(sticky && stickySeconds !== null
      ? { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickySeconds } }
      : {}),
  };
};

/** ECS creates a task set only in a group that a route names [fact 20], and a person sees the twin before users do. */
export const previewStep = (
  kind: MoveKind,
  names: MoveNames,
  rolesOf: (observed: MoveObservation) => Roles,
): Step => {
  const previews = ({ routes }: MoveObservation) => routes.filter((route) => isPreview(names, route));
  const header = {
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: PREVIEW_HEADER, Values: [names.twin] },
  };
  return {
    id: 'preview',
    title:
      (kind === 'adopt' ? '' : 'where no route names the target group of the new service: ') +
      `make a rule that only requests with the header ${PREVIEW_HEADER}: ${names.twin} match, in front of ` +
      `the users' route`,
    writes: 'CreateRule',
    undo: 'DeleteRule',
    forward: (observed) => {
      if (previews(observed).length > 0) return null;
      const roles = rolesOf(observed);
      // A group that the users' routes name already needs none.
      if (kind === 'leave' && !isUnrouted(names, observed, roles)) return null;
      const route = previewedRoute(names, observed, roles);
      const Priority = route === undefined ? null : priorityBefore(route, observed);
      if (route === undefined || Priority === null)
        return stop(
          'no priority in front of the users\u2019 rule is free',
          'move the rule to a higher number',
        );
      const TargetGroups = [
        { TargetGroupArn: roles.to, Weight: 100 },
        ...(kind === 'adopt' ? [{ TargetGroupArn: roles.idle, Weight: 0 }] : []),
      ];
      return call(
        'elbv2',
        'CreateRule',
        {
          ListenerArn: route.listenerArn,
          Priority,
          Conditions: [...route.conditions, header, ...(isGuarded(route) ? [NOBODY] : [])],
          Actions: [{ Type: 'forward', ForwardConfig: previewForward(observed, roles, route, TargetGroups) }],
          Tags: elbTags(names),
        },
        `create the preview rule in front of ${route.label}`,
      );
    },
    backward: (observed) => {
      const [preview] = previews(observed);
      return preview === undefined
        ? null
        : call('elbv2', 'DeleteRule', { RuleArn: preview.arn }, 'delete the preview rule');
    },
  };
};
