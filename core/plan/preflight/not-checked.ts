import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Look, Surroundings } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

const SUBJECTS = {
  securityGroups: 'whether the security groups let the load balancer reach the tasks',
  subnets: 'whether the subnets are in the zones of the load balancer and have room',
  images: 'whether the images are in ECR',
  scaling: 'whether Application Auto Scaling may move the service',
  protection: 'whether tasks of blue are protected from scale-in',
} as const satisfies Record<keyof Surroundings, string>;

/** A check that could not look says so, and the others go on: silence would read as "nothing wrong". */
export const checkNotChecked: Check = ({ observed: { surroundings } }) => {
  if (surroundings === undefined) return [];
  const looks: [keyof Surroundings, Look<unknown>][] = [
    ['securityGroups', surroundings.securityGroups],
    ['subnets', surroundings.subnets],
    ['images', surroundings.images],
    ['scaling', surroundings.scaling],
    ['protection', surroundings.protection],
  ];
  return looks.flatMap(([what, look]): Finding[] => {
    if (look.kind !== 'notSeen') return [];
    return [
      look.denied
        ? warning(
            'not-checked',
            `expected to check ${SUBJECTS[what]}, found no permission to look: needs ${look.permission}`,
            `Allow whoever runs this ${look.permission}, which only ${look.permission.includes(' and ') ? 'read' : 'reads'}, or look yourself. Deployments run without it.`,
          )
        : warning(
            'not-checked',
            `expected to check ${SUBJECTS[what]}, found no answer (${look.why.replace(/\.$/, '')})`,
            'Run it again, or look yourself. Deployments run without it.',
          ),
    ];
  });
};
