import { count } from '../../figures.ts';
import { describeSuspended, scalingCommand } from '../../scaling/suspended.ts';
import type { Finding } from '../../vocabulary/finding.types.ts';
import type { PlanObservation } from '../../vocabulary/observation.types.ts';
import type { ObservedService } from '../../vocabulary/observed.types.ts';
import { targetGroupName } from '../../weights/weights.ts';
import { sendsRequestsTo } from '../discovery.ts';
import type { Check, Inspected } from './check.types.ts';
import { serviceOptions } from './commands.ts';
import { error, warning } from './finding.ts';

/**
 * The service that users are taken over from is one that can be counted as blue for the whole deployment: it serves,
 * nobody changes it, and it is as large at the end as at the start.
 */
export const checkTakenOver: Check = (inspected) => {
  const { observed, request, found } = inspected;
  const { service, from } = observed;
  if (service === null || request.from === undefined || from === undefined) return [];
  if (found.primary !== null && service.taskSets.includes(found.primary)) return [notFirst(inspected)];
  if (from === null) return [notFound(inspected, request.from.service)];
  const serves = notServing(from);
  if (serves !== null) return [serves];
  return [
    ...beingChanged(from),
    ...unclearGroup(inspected, from),
    ...tooSmall(service, from),
    ...scalesIn(from),
    ...inCloudMap(from),
  ];
};

type From = NonNullable<PlanObservation['from']>;

const notFirst = ({ observed: { service }, request: { from } }: Inspected): Finding =>
  warning(
    'from-not-first',
    `expected no PRIMARY task set in ${service?.name}, because users come from ${from?.service}, found one`,
    'Take `from` out of the request: users are on this service already, so it says nothing.',
  );

const notFound = ({ request }: Inspected, name: string): Finding =>
  error(
    'from-not-found',
    `expected the service ${name} in the cluster ${request.cluster}, from which users come, found none`,
    'Correct `from.service`, or leave `from` out: then green gets all requests at once. This lists what there is.',
    [`aws ecs list-services --cluster ${request.cluster}`],
  );

const notServing = (from: From): Finding | null => {
  if (from.controller === 'EXTERNAL')
    return error(
      'from-controller',
      `expected ${from.name}, from which users come, to have ECS's own controller or CODE_DEPLOY, found EXTERNAL`,
      'A service of task sets is deployed itself: its deployments would write the same weights. Deploy to it, or ' +
        'delete it first.',
    );
  if (from.status === 'ACTIVE' && from.desiredCount > 0) return null;
  return error(
    'from-not-serving',
    `expected ${from.name}, from which users come, to be ACTIVE with one task at least, found it ${from.status} with ` +
      `a desired count of ${from.desiredCount}`,
    'Leave `from` out of the request: then green gets all requests at once. Or give the service its tasks again.',
    [`aws ecs update-service ${serviceOptions(from)} --desired-count 1`],
  );
};

const beingChanged = (from: From): Finding[] =>
  from.isChanging
    ? [
        error(
          'from-is-changing',
          `expected ${from.name}, from which users come, to run one version, found a deployment of it in progress`,
          'Wait until it is over: it may move the same weights, and a rollback would meet another version.',
          [`aws ecs wait services-stable --cluster ${from.cluster} --services ${from.name}`],
        ),
      ]
    : [];

const unclearGroup = ({ observed, request, found }: Inspected, from: From): Finding[] => {
  if (found.primary !== null) return [];
  const groups = from.wholes.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const names = groups.map((arn) => `${targetGroupName(arn)} (${arn})`).join(', ');
  const served = groups.filter((arn) => observed.routes.some((route) => sendsRequestsTo(route, arn)));
  const asked = request.from?.targetGroup;
  const expected =
    asked === undefined
      ? `expected users on one target group of ${from.name}`
      : `expected ${targetGroupName(asked)} to be a target group of ${from.name}`;
  return [
    error(
      'from-group-unclear',
      `${expected}, found ${groups.length === 0 ? 'that it has none' : `${names}, ${count(served.length, 'group')} with users`}`,
      'Set `from.targetGroup` to the ARN of the one that users are on; a route has to send it requests.',
    ),
  ];
};

/** Green would never be enough for all of its users. */
const tooSmall = (service: ObservedService, from: From): Finding[] =>
  service.desiredCount >= from.desiredCount
    ? []
    : [
        error(
          'from-has-more-tasks',
          `expected ${service.name} to want as many tasks as ${from.name}, from which users come, found ` +
            `${service.desiredCount} and ${from.desiredCount}`,
          'Give it as many before users come.',
          [`aws ecs update-service ${serviceOptions(service)} --desired-count ${from.desiredCount}`],
        ),
      ];

/** Its load falls with each shift, and with it its tasks, which a rollback needs. */
const scalesIn = ({ name, scaling }: From): Finding[] =>
  scaling == null || scaling.suspended.scaleIn || scaling.policies.length === 0
    ? []
    : [
        error(
          'from-scales-in',
          `expected the scale-in of ${name}, from which users come, to be suspended, found ` +
            `${describeSuspended(scaling.suspended)}: each shift takes load from it, and its tasks would go before a ` +
            'rollback needs them',
          'Suspend it until the old service is deleted.',
          [scalingCommand(scaling.resourceId, { ...scaling.suspended, scaleIn: true })],
        ),
      ];

/** Names resolve to tasks of both services then, in no proportion that a weight could move. */
const inCloudMap = ({ cluster, name, wholes }: From): Finding[] => {
  const registries = wholes[0]?.serviceRegistries?.length ?? 0;
  return registries === 0
    ? []
    : [
        error(
          'from-in-cloud-map',
          `expected ${name}, from which users come, in no registry, found it in ${registries} of Cloud Map: green would ` +
            'be copied into it and get requests before its first shift',
          `Move the service with \`cutover adopt ${cluster}/${name} --cloud-map\`, or take the registry off it first.`,
        ),
      ];
};
