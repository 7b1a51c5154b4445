import type { ModelState } from './model.types.ts';
import type { Counterexample, Path } from './search.ts';
import { healthyIn, isAttached } from './snapshot.ts';
import { BLUE_GROUP, GREEN_GROUP } from './the-service.ts';

const percentOf = (groups: ModelState['routes'][number]['groups'], arn: string): string => {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const own = groups.find(({ targetGroupArn }) => targetGroupArn === arn);
  if (own === undefined) return '-';
  return groups.length === 1 ? '100' : String(Math.round((100 * own.weight) / (total || 1)));
};

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

/** `50/50 %, healthy 2/2`: weights by route and healthy targets, blue first. */
const worldOf = (state: ModelState): string => {
  const weights = state.routes
    .map(({ deleted, groups }) =>
      deleted ? 'deleted' : `${percentOf(groups, BLUE_GROUP)}/${percentOf(groups, GREEN_GROUP)}`,
    )
    .join(' ');
  const healthy = [BLUE_GROUP, GREEN_GROUP]
    .map((arn) => (isAttached(state, arn) ? healthyIn(state, arn) : '-'))
    .join('/');
  return `${weights} %, healthy ${healthy}`;
};

/** The way to what must never happen, a line a step: time, weights and healthy targets after it, and what happened. */
export const timelineOf = ({ problem, path, other = [] }: Counterexample): string =>
  [
    ...linesOf(path),
    `=> ${problem}`,
    ...(other.length === 0 ? [] : ['the other one was reached like this:', ...linesOf(other)]),
  ].join('\n');

const linesOf = (path: Path): string[] => {
  const startMs = path[0]?.state.nowMs ?? 0;
  return path.map(
    ({ label, state }) => `${clock(state.nowMs - startMs)}  ${worldOf(state).padEnd(28)}  ${label}`,
  );
};
