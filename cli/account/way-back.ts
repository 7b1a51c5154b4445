import type { ReadRevision } from '../../aws/task-definition-documents.ts';
import { nameOf } from '../../core/deployment/service-key.ts';
import type { TaskDefinitionDocument } from '../../core/plan/task-definition-document.ts';
import type { View } from '../watch/view.types.ts';
import type { EarlierDeployment } from './history.ts';

/** How to get back to the previous version, and why that way. */
export type WayBack =
  /** A deployment runs and blue is there: abort gives blue all the traffic by one write a route. */
  | { kind: 'abort'; description: string }
  /** It goes back already. */
  | { kind: 'underWay'; description: string }
  /** Blue is gone or nothing runs: the previous task definition is deployed, fast. */
  | {
      kind: 'deploy';
      taskDefinition: string;
      description: string;
      /** To be registered first, when the revision itself cannot be launched. */
      document?: TaskDefinitionDocument;
    }
  | { kind: 'none'; description: string };

/** For a deployment that runs. Pure. */
export const wayBackFrom = (view: View): WayBack => {
  const versions = `${view.from ?? 'nothing before'} → ${view.to ?? '?'}`;
  if (view.ended?.kind === 'stuck') {
    return {
      kind: 'none',
      description:
        `deployment ${view.deploymentId} (${versions}) is stuck, and a recovery is tried again and ` +
        `again: ${view.ended.reason}`,
    };
  }
  if (view.phase === 'recovering') {
    return {
      kind: 'underWay',
      description: `deployment ${view.deploymentId} (${versions}) is rolled back by a recovery already: ${view.why}`,
    };
  }
  if (['rollingBack', 'removing', 'endingHooks'].includes(view.phase)) {
    return {
      kind: 'underWay',
      description: `deployment ${view.deploymentId} (${versions}) is going back already`,
    };
  }
  if (view.noReturn) {
    return {
      kind: 'none',
      description:
        `deployment ${view.deploymentId} (${versions}) is retiring blue: there is no way back in it any ` +
        'more. When it has ended, in a few minutes, the same command deploys ' +
        `${view.from ?? 'the version before'} again`,
    };
  }
  if (view.phase === 'interrupted') {
    return {
      kind: 'underWay',
      description:
        `the execution of deployment ${view.deploymentId} (${versions}) was stopped; Cutover rolls it ` +
        'back by itself within minutes',
    };
  }
  const write =
    view.position === null
      ? 'no traffic has moved yet'
      : 'one write of weights a route, blue is at full size';
  return { kind: 'abort', description: `aborting deployment ${view.deploymentId} (${versions}): ${write}` };
};

/**
 * For a service at rest: back to the named version, else to what the last successful deployment replaced, if that
 * deployment is what runs.
 */
export const wayBackTo = (
  runningArn: string | null,
  earlier: readonly EarlierDeployment[],
  to: string | undefined,
): WayBack => {
  const running = runningArn === null ? null : nameOf(runningArn);
  const last = earlier.find(({ ended }) => ended?.kind === 'succeeded');
  const sentence = (version: string): string =>
    `nothing is being deployed and blue is gone, so ${version} is deployed again, all at once: some ` +
    'minutes until its tasks are healthy, then one write';
  if (to !== undefined) return { kind: 'deploy', taskDefinition: to, description: sentence(nameOf(to)) };
  if (last?.end == null) {
    return {
      kind: 'none',
      description:
        'no successful deployment of this service is found to go back from; name the version with --to',
    };
  }

  if (running !== last.to) {
    return {
      kind: 'none',
      description:
        `the last successful deployment brought ${last.to}, but ${running ?? 'nothing'} runs: somebody ` +
        'else changed the service. Name the version to go to with --to',
    };
  }
  const before = last.end.from;
  if (before === null) {
    return {
      kind: 'none',
      description: `${last.to} was the first version of this service: there is nothing to go back to`,
    };
  }
  return { kind: 'deploy', taskDefinition: before, description: sentence(nameOf(before)) };
};

/**
 * CDK and Terraform deregister a revision when they register the next one, so the version to go back to is INACTIVE
 * more often than not: ECS describes such a revision and does not launch it [fact 157]. Pure.
 */
export const launchable = (
  way: Extract<WayBack, { kind: 'deploy' }>,
  { document, status }: ReadRevision,
): WayBack => {
  const version = nameOf(way.taskDefinition);
  switch (status) {
    case 'ACTIVE':
      return way;
    case 'INACTIVE':
      return {
        ...way,
        document,
        description:
          `${way.description}. ${version} is deregistered, which ECS does not launch: the same document is ` +
          'registered again first, as a new revision',
      };
    case 'DELETE_IN_PROGRESS':
      return {
        kind: 'none',
        description: `${version} is being deleted, and ECS does not launch it: name another version with --to`,
      };
    default:
      return status satisfies never;
  }
};
