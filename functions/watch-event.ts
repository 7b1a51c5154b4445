import { DeploymentError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';

/** The schedule's event, or "ECS Task State Change" of a task that stops, as far as it is used. */
export type WatchEvent = {
  detail?: {
    clusterArn?: string;
    group?: string;
    startedBy?: string;
    lastStatus?: string;
    containers?: readonly { name: string; lastStatus?: string; exitCode?: number }[];
  };
};

const areContainers = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.every((one) => isObject(one) && typeof one.name === 'string'));

/**
 * @throws InvalidRequest for what is neither: Lambda's retries would change nothing, and its queue keeps it for a
 * person.
 */
export const watchEvent = (event: unknown): WatchEvent => {
  const detail = isObject(event) ? (event.detail ?? {}) : null;
  const isName = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if (
    isObject(detail) &&
    ['clusterArn', 'group', 'startedBy', 'lastStatus'].every((name) => isName(detail[name])) &&
    areContainers(detail.containers)
  )
    return { detail };
  throw new DeploymentError(
    'InvalidRequest',
    'expected a scheduled event, or "ECS Task State Change" with texts in detail.clusterArn, detail.group, ' +
      'detail.startedBy and detail.lastStatus and named containers in detail.containers, found something else',
  );
};
