import { groupArn, routeArns } from '../stage/small-names.ts';
import type { Stage } from '../stage/stage.ts';

export type Users = {
  /** The moment that waiting is counted from; only the first counts. */
  mark(): void;
  /** From then until everything went to blue for good; null when it had gone there all along, or does not now. */
  backAfterMs(): number | null;
  /** Routes of the service that somebody deleted. */
  routesGone(): number;
  /** Everything goes to that colour, as the data plane has it. */
  allOn(colour: 'blue' | 'green'): boolean;
};

/** Follows where the load balancer really sends requests. */
export const watchUsers = ({ world: { kernel, elbv2 }, deployments }: Stage, blueGroup: 'a' | 'b'): Users => {
  const [deployment] = deployments;
  if (deployment === undefined) throw new Error('expected a deployment, found none');
  const { service } = deployment;
  const arns = routeArns(service);
  const live = () => elbv2.routes().filter(({ arn }) => arns.includes(arn));
  const allOn = (colour: 'blue' | 'green'): boolean => {
    const routes = live();
    const group = groupArn(service.name, (colour === 'blue') === (blueGroup === 'a') ? 'a' : 'b');
    return (
      routes.length === arns.length &&
      routes.every(({ effectiveGroups }) =>
        effectiveGroups.every(({ targetGroupArn, weight }) => weight === 0 || targetGroupArn === group),
      )
    );
  };

  let markedMs: number | null = null;
  let onBlue = true;
  let backMs: number | null = null;
  const observe = (): void => {
    const now = allOn('blue');
    if (now && !onBlue) backMs = kernel.scheduler.nowMs();
    onBlue = now;
  };
  kernel.onEvent(({ kind }) => {
    if (kind === 'dataPlane') observe();
  });

  return {
    mark: () => {
      markedMs ??= kernel.scheduler.nowMs();
    },
    backAfterMs: () =>
      markedMs === null || backMs === null || !onBlue || backMs < markedMs ? null : backMs - markedMs,
    routesGone: () => arns.length - live().length,
    allOn,
  };
};
