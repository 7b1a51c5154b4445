import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Inspected } from './check.types.ts';
import { error } from './finding.ts';

/** The service is there, active, driven by task sets, and wants tasks at all [fact 11, 156, 162]. */
export const checkService = ({
  observed: { service },
  request,
}: Pick<Inspected, 'observed' | 'request'>): Finding[] => {
  const at = `--cluster ${request.cluster}`;
  if (service === null) {
    return [
      error(
        'service-not-found',
        `expected the service ${request.service} in the cluster ${request.cluster}, found no such cluster or service`,
        'Correct the names, or choose the account and Region that have them. These list what there is.',
        ['aws ecs list-clusters', `aws ecs list-services ${at}`],
      ),
    ];
  }

  const create = (name: string): string =>
    `aws ecs create-service ${at} --service-name ${name} --deployment-controller type=EXTERNAL ` +
    `--desired-count ${Math.max(1, service.desiredCount)}`;
  const findings = [];
  if (service.status !== 'ACTIVE') {
    findings.push(
      error(
        'service-not-active',
        `expected the service ${service.name} to be ACTIVE, found ${service.status}: nothing can be ` +
          'launched in a service that is being deleted',
        'Wait until it is gone, then create it again.',
        [`aws ecs wait services-inactive ${at} --services ${service.name}`, create(service.name)],
      ),
    );
  }
  if (service.controller !== 'EXTERNAL') {
    findings.push(
      error(
        'wrong-controller',
        `expected the deployment controller EXTERNAL on ${service.name}, found ${service.controller}: ` +
          'only EXTERNAL has task sets',
        'A controller cannot be changed: create a service beside this one, deploy to that, and delete ' +
          'this one when it has no traffic.',
        [create(`${service.name}-2`)],
      ),
    );
  }
  if (service.desiredCount < 1) {
    findings.push(
      // A task set of nothing is steady at once and would be given traffic with nobody to answer [fact S3].
      error(
        'desired-count-zero',
        `expected a desired count of at least 1 on ${service.name}, found ${service.desiredCount}: ` +
          'there would be no task to send requests to',
        'Raise it to as many tasks as you need.',
        [`aws ecs update-service ${at} --service ${service.name} --desired-count 1`],
      ),
    );
  }
  return findings;
};
