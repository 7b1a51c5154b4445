import type { ObservedService, ObservedTarget } from '../core/vocabulary/observed.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Green } from '../core/vocabulary/state.types.ts';
import type { Deps } from './deps.types.ts';
import { ifThere } from './read-if-there.ts';
import { readService } from './read-service.ts';

/**
 * What a rollback reads of a service that somebody may have deleted. With a stack the service goes first, then its
 * groups, then its cluster: what is left of a deployment has to end all the same.
 */

type Service = Pick<ObservedService, 'desiredCount' | 'status' | 'taskSets'>;
type Colours = { service: Service; green: ObservedTarget[]; blue: ObservedTarget[] };

/** What is left of a service that ECS has forgotten. */
const NO_SERVICE: Service = { status: 'INACTIVE', desiredCount: 0, taskSets: [] };

export const readServiceIfThere = async (
  ecsServices: Deps['ecsServices'],
  plan: Plan,
  known?: Green,
): Promise<Service> => (await ifThere(readService(ecsServices, plan, known))) ?? NO_SERVICE;

/**
 * The service and who answers in its groups. One answer that something is not there is not believed alone, because
 * users would be moved for it: it is asked again while the others say that it lives.
 */
export const readColoursIfThere = async (
  { ecsServices, targets }: Pick<Deps, 'ecsServices' | 'targets'>,
  plan: Plan,
  known: Green | undefined,
): Promise<Colours> => {
  const { blueTargetGroupArn } = plan;
  const readTargets = (arn: string | null) => (arn === null ? Promise.resolve([]) : targets.read(arn));
  const [found, green, blue] = await Promise.all([
    ifThere(readService(ecsServices, plan, known)),
    ifThere(readTargets(plan.green.targetGroupArn)),
    ifThere(readTargets(blueTargetGroupArn)),
  ]);
  const isEmpty = (some: ObservedTarget[] | null) => (some ?? []).every(({ state }) => state === 'draining');
  const gone = isEmpty(green) && isEmpty(blue);
  const service = found ?? (gone ? NO_SERVICE : await readService(ecsServices, plan, known));
  if (service.status === 'INACTIVE') return { service, green: green ?? [], blue: blue ?? [] };
  return {
    service,
    green: green ?? (await readTargets(plan.green.targetGroupArn)),
    blue: blue ?? (await readTargets(blueTargetGroupArn)),
  };
};
