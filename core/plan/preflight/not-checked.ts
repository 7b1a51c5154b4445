import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Surroundings } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

const SUBJECTS = {
  securityGroups: 'whether the security groups let the load balancer reach the tasks',
  subnets: 'whether the subnets are in the zones of the load balancer and have room',
  images: 'whether the images are in ECR',
  scaling: 'what scales the service',
  protection: 'whether tasks of blue are protected from scale-in',
  owners: 'who else writes the routes, by their tags',
  allowedHooks: 'which functions and tasks the installation allows as hooks',
} as const satisfies Record<keyof Surroundings, string>;

const subjects = Object.keys(SUBJECTS) as (keyof Surroundings)[];

/** A check that could not read says so, and the others continue: silence would read as "nothing wrong". */
export const checkNotChecked: Check = ({ observed: { surroundings } }) => {
  if (surroundings === undefined) return [];
  return subjects.flatMap((what): Finding[] => {
    const reading = surroundings[what];
    if (reading.kind !== 'notSeen') return [];
    return [
      reading.denied
        ? warning(
            'not-checked',
            `expected to check ${SUBJECTS[what]}, found no permission to read: needs ${reading.permission}`,
            `Allow the caller ${reading.permission}, which only ` +
              `${reading.permission.includes(' and ') ? 'read' : 'reads'}, or check yourself. ` +
              'Deployments run without it.',
          )
        : warning(
            'not-checked',
            `expected to check ${SUBJECTS[what]}, found no answer (${reading.why.replace(/\.$/, '')})`,
            'Run it again, or check yourself. Deployments run without it.',
          ),
    ];
  });
};
