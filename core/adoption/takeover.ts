import { nameOf } from '../deployment/service-key.ts';
import { formatDuration } from '../duration.ts';
import type { MoveObservation } from './adoption.types.ts';
import type { MovePlan } from './move-plan.ts';

type Course = { shares: readonly number[]; bakeMs: number; alarms: readonly string[] };

/** The deployment that moves the users, as a request; docs/request.md. */
type Takeover = {
  cluster: string;
  service: string;
  taskDefinition: string;
  from: { service: string; targetGroup: string };
  greenTargetGroup: string;
  alarms?: readonly string[];
  shifts: readonly { greenPct: number; bake: string }[];
};

/** In the revision that serves now; null while the target groups are not made. */
export const takeoverRequest = (
  { names, roles }: MovePlan,
  observed: MoveObservation,
  { shares, bakeMs, alarms }: Course,
): Takeover | null => {
  const { from, to } = roles(observed);
  const taskDefinition = observed.old?.taskDefinition ?? null;
  if (from === null || to === null || taskDefinition === null) return null;
  return {
    cluster: names.cluster,
    service: names.twin,
    taskDefinition: nameOf(taskDefinition),
    from: { service: names.old, targetGroup: from },
    greenTargetGroup: to,
    ...(alarms.length === 0 ? {} : { alarms }),
    shifts: shares.map((greenPct) => ({ greenPct, bake: formatDuration(bakeMs) })),
  };
};

/** The same as a cutover.yaml with one environment, the cluster. JSON scalars, lists and objects are YAML. */
export const takeoverConfig = ({ service, from, greenTargetGroup, ...rest }: Takeover): string => {
  const line = (name: string, value: unknown): string => `${name}: ${JSON.stringify(value)}`;
  const fields = [
    ...Object.entries(rest).map(([name, value]) => line(name, value)),
    '# Of the first deployment alone: take both out when it has succeeded.',
    line('from', from),
    line('greenTargetGroup', greenTargetGroup),
  ];
  return [
    'services:',
    `  ${JSON.stringify(service)}:`,
    '    environments:',
    `      ${JSON.stringify(rest.cluster)}:`,
    ...fields.map((field) => `        ${field}`),
    '',
  ].join('\n');
};
