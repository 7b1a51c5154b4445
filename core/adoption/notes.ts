import type { MoveObservation } from './adoption.types.ts';
import { isGuarded, previewedRoute } from './group-steps.ts';
import type { MovePlan } from './move-plan.ts';
import { isUnrouted, usersRoutes } from './roles.ts';
import { whyNotCopied } from './scaling-copies.ts';
import type { RouteOwner, TaskFacts } from './surroundings.types.ts';
import { registryNames } from './twin-steps.ts';

/** Where instances have no room for a second version. */
const onPlacement = ({ old, twin }: MovePlan['names'], { fixedPorts, interfaces }: TaskFacts): string[] => [
  ...(fixedPorts === null
    ? []
    : [
        `the host ports of ${old} are fixed (${fixedPorts}): tasks of ${twin} start only on instances ` +
          `without a task of ${old}`,
      ]),
  ...(interfaces
    ? [`each task takes a network interface of its instance: ${twin} needs as many again, or its tasks wait`]
    : []),
];

/** What does not move, and what a person has to know first. */
export const notes = (
  plan: MovePlan,
  observed: MoveObservation,
  { alarms, owners, tasks }: { alarms: readonly string[]; owners: readonly RouteOwner[]; tasks: TaskFacts },
): string[] => {
  const { names, kind } = plan;
  const routes = usersRoutes(names, observed, plan.roles(observed));
  const guarded = previewedRoute(names, observed, plan.roles(observed));
  const sticky = Math.max(0, ...routes.map(({ stickySeconds }) => stickySeconds ?? 0));
  const policies = (observed.scaling.old?.policies ?? []).map((policy) => ({
    ...policy,
    why: whyNotCopied(policy, observed, names),
  }));
  const copied = policies.flatMap(({ alarms: calling, why }) => (why === null ? calling : []));
  return [
    'both services run until the last command: a task that takes a lock, reads a queue or works at its ' +
      `start does so twice${observed.old?.desired === 1 ? '; is there one task because there may be no second?' : ''}`,
    ...onPlacement(names, tasks),
    ...(observed.old === null || observed.old.registries.length === 0
      ? []
      : [
          `${registryNames(observed.old)} of Cloud Map leads to the tasks of both services from the step tasks on, ` +
            'as many as each has, whatever the weights: no share and no alarm is about who calls by that name, and a ' +
            'caller may know an address for as long as the record lives (its TTL) after the task has gone',
        ]),
    `${names.twin} is another name: dashboards, alarms on ServiceName, IAM policies, event rules and ` +
      `pipelines with ${names.old} do not follow`,
    ...alarms
      .filter((name) => !copied.includes(name))
      .map(
        (name) => `the alarm ${name} is about ${names.old} or its target group: make one for ${names.twin}`,
      ),
    ...policies.flatMap(({ name, why }) =>
      why === null ? [] : [`the scaling policy ${name} is not copied: ${why}`],
    ),
    ...copied.map(
      (name) =>
        `the alarm ${name}, which calls the scaling, gets a copy for ${names.twin}; the last command leaves it to you`,
    ),
    ...((kind === 'adopt' || isUnrouted(names, observed, plan.roles(observed))) &&
    guarded !== undefined &&
    isGuarded(guarded)
      ? [
          `${guarded.label} has ${guarded.before.join(', ')} in front, which the preview rule cannot copy: it lets ` +
            'nobody in until you put your own address in place of its source-ip 127.0.0.1/32',
        ]
      : []),
    ...(sticky > 0
      ? [`cookies keep users on ${names.old} for up to ${sticky} s, or until the last command`]
      : []),
    ...owners.map(({ label, name, does, fix }) => `${label}: ${name}; ${does}. ${fix}`),
    ...(kind === 'adopt'
      ? [
          'whatever else writes the rule (Terraform, a pipeline, CodeDeploy) has to leave its weights ' +
            'alone from the first shift on',
        ]
      : []),
  ];
};
