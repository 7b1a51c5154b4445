import type { MoveObservation, Obstacle, ReadRoute } from './adoption.types.ts';
import type { MovePlan } from './move-plan.ts';
import { commandOf } from './names.ts';
import { groupOf, type Roles } from './roles.ts';

/** Of a service that leaves: the group where its successor is to start. */

/** No guess is made which group a service without one in its routes had: its tags or the person say so. */
const withoutGroup = ({ kind, names }: MovePlan, observed: MoveObservation, roles: Roles): Obstacle => {
  const loose = observed.loose.map(({ name }) => name);
  if (names.group !== null)
    return {
      problem:
        `expected with --group a target group like ${groupOf(observed, roles.from)?.name} that no load ` +
        `balancer uses, found no ${names.group}`,
      fix: loose.length === 0 ? 'make one like it' : `there are ${loose.join(', ')}`,
    };
  return {
    problem: 'its routes name no second target group, where the new service could start',
    fix:
      loose.length === 0
        ? 'end the deployment that runs, after which the second group is idle; or make a group like ' +
          `${groupOf(observed, roles.from)?.name} and name it with --group`
        : `name the one of its last deployment: ${loose
            .map((group) => commandOf(kind, { ...names, group }))
            .join(', or ')}`,
  };
};

export const onIdle = (
  plan: MovePlan,
  observed: MoveObservation,
  roles: Roles,
  begun: boolean,
): Obstacle[] => {
  const group = groupOf(observed, roles.to);
  if (group === undefined) return [withoutGroup(plan, observed, roles)];
  const { group: wanted } = plan.names;
  if (wanted !== null && wanted !== group.name)
    return [
      {
        problem: `its routes name ${group.name} as its second target group, found ${wanted} with --group`,
        fix: 'leave --group out',
      },
    ];
  return group.registered > 0 && !begun
    ? [
        {
          problem: `targets are registered in ${group.name}`,
          fix: 'wait until the last deployment has ended',
        },
      ]
    : [];
};

/** ECS wants both groups in the rule, and the old one has nobody while its cookies last. */
export const onNative = ({ toNative }: MovePlan, sticky: ReadRoute | undefined): Obstacle[] =>
  toNative && sticky !== undefined
    ? [
        {
          problem:
            `${sticky.label} is sticky, and blue/green of ECS keeps the group of the old service in it: ` +
            'clients with its cookie would get 503',
          fix: 'turn stickiness of the action off first, or leave to rolling updates, without --infrastructure-role',
        },
      ]
    : [];
