import type { Check } from './check.types.ts';
import { error } from './finding.ts';

/** The service is there, active, driven by task sets, and wants tasks at all [aws-facts 11, 156, 162]. */
export const checkService: Check = ({ observed: { service }, request }) => {
  const at = `--cluster ${request.cluster}`;
  if (service === null) {
    return [
      error(
        'service-not-found',
        `expected the service ${request.service} in the cluster ${request.cluster}, found no such cluster or service`,
        `See what there is with \`aws ecs list-services ${at}\`; check the account and the Region.`,
      ),
    ];
  }

  const findings = [];
  if (service.status !== 'ACTIVE') {
    findings.push(
      error(
        'service-not-active',
        `expected the service ${service.name} to be ACTIVE, found ${service.status}`,
        'A service that is being deleted cannot be deployed to: create it again.',
      ),
    );
  }
  if (service.controller !== 'EXTERNAL') {
    findings.push(
      error(
        'wrong-controller',
        `expected the deployment controller EXTERNAL on ${service.name}, found ${service.controller}`,
        `Task sets exist only with EXTERNAL. Create a new service beside this one: \`aws ecs create-service ${at} --service-name <new name> --deployment-controller type=EXTERNAL --desired-count ${Math.max(1, service.desiredCount)}\`.`,
      ),
    );
  }
  if (service.desiredCount < 1) {
    findings.push(
      // A task set of nothing is steady at once and would be given traffic with nobody to answer [S3].
      error(
        'desired-count-zero',
        `expected a desired count of at least 1 on ${service.name}, found ${service.desiredCount}`,
        `\`aws ecs update-service ${at} --service ${service.name} --desired-count 1\`, or as many as you need.`,
      ),
    );
  }
  return findings;
};
