import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { chunks } from '../core/chunks.ts';
import { isDeploymentError } from '../core/errors.ts';
import type { Call, Sender } from './call.ts';

/** DescribeServices takes so many names. */
const MOST_NAMES = 10;

/**
 * Which of these services of a cluster there are. One that was deleted is described as INACTIVE for a while; one that
 * drains is there until its last task has gone.
 */
export const readThere = async (
  client: Sender,
  call: Call,
  cluster: string,
  names: readonly string[],
): Promise<Set<string>> => {
  const there = new Set<string>();
  for (const services of chunks(names, MOST_NAMES)) {
    const command = new DescribeServicesCommand({ cluster, services });
    try {
      const answer = await call(client, command, { what: `read which services cluster ${cluster} has` });
      for (const { serviceName, status } of answer.services ?? [])
        if (serviceName !== undefined && status !== 'INACTIVE') there.add(serviceName);
      // Anything but a missing name says nothing about whether there is such a service.
      for (const { arn, reason } of answer.failures ?? [])
        if (reason !== 'MISSING') there.add(arn?.split('/').at(-1) ?? '');
    } catch (error) {
      // No cluster, no service.
      if (!isDeploymentError(error, 'NotFound')) throw error;
    }
  }
  return there;
};
