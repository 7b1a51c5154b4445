import type { OutcomeKind } from '../vocabulary/ending.types.ts';
import { type BareSnapshot, type SafetyTaskSet, shareOf } from './snapshot.ts';
import type { TaskSetsOfOthers } from './task-sets-of-others.types.ts';
import type { Violation } from './violation.types.ts';

type End = {
  /** Before the deployment's first call, and after its execution (and any recovery) has ended. */
  start: BareSnapshot;
  end: BareSnapshot;
  /** As the record has it; null when the record was not closed. */
  outcome: OutcomeKind | null;
  /** Absent: nobody else touched a task set. */
  others?: TaskSetsOfOthers;
  /** What of the service's scaling somebody else has suspended or resumed meanwhile; absent: nobody did. */
  foreignScaling?: string | null;
};

const NOBODY_ELSE: TaskSetsOfOthers = {
  made: new Set(),
  scaled: new Map(),
  deleted: new Set(),
  primary: null,
};

/**
 * Invariant 6: blue at 100 and green gone, or green at 100 and blue gone, no task set left over, what scales the
 * service as found or as somebody else wants it, the lease free, the record closed with the truth.
 */
export const checkEnd = ({ start, end, outcome, others = NOBODY_ELSE, foreignScaling }: End): Violation[] => {
  const problems: string[] = [];
  const expectNot = (wrong: boolean, message: string) => {
    if (wrong) problems.push(message);
  };
  const known = new Set(start.taskSets.map(({ id }) => id));
  const left = end.taskSets
    .filter(({ id, colour }) => !known.has(id) && !others.made.has(id) && colour === 'other')
    .map(({ id }) => id);
  const blue = end.taskSets.filter(({ colour }) => colour === 'blue');
  const green = end.taskSets.filter(({ colour }) => colour === 'green');
  expectNot(end.leaseHolder !== null, `the lease is still held by ${end.leaseHolder}`);
  expectNot(
    end.scaling !== (foreignScaling === undefined ? start.scaling : foreignScaling),
    foreignScaling === undefined
      ? `what scales the service was found ${start.scaling} and left ${end.scaling}`
      : `somebody else made what scales the service ${foreignScaling}, and it was left ${end.scaling}`,
  );
  expectNot(left.length > 0, `left over: ${left.join(', ')}`);

  switch (outcome) {
    case 'succeeded':
      for (const route of end.routes) {
        expectNot(
          shareOf(end, route, 'green') !== 1,
          `recorded as succeeded, but ${route.label} is not all green`,
        );
      }
      expectNot(blue.length > 0, "recorded as succeeded, but blue's task set is still there");
      expectNot(
        !green.some(
          (set) => isPrimaryAsLeft(set, others) && set.scalePercent === scaleOf(set.id, 100, others),
        ) && !isGreenDeleted(start, others),
        'recorded as succeeded, but green is not PRIMARY at full scale',
      );
      break;
    case 'rolledBack':
      for (const route of end.routes) {
        const was = start.routes.find(({ arn }) => arn === route.arn);
        const original = was === undefined ? 0 : shareOf(start, was, 'green');
        expectNot(
          shareOf(end, route, 'green') !== original,
          `recorded as rolled back, but ${route.label} is not as it was`,
        );
      }
      expectNot(green.length > 0, "recorded as rolled back, but green's task set is still there");
      expectNot(
        !isBlueAsBefore(start, end, others),
        'recorded as rolled back, but blue is not at its full scale',
      );
      break;
    case 'refused':
      expectNot(
        JSON.stringify([start.routes, start.taskSets]) !== JSON.stringify([end.routes, end.taskSets]),
        'recorded as refused, but something changed',
      );
      break;
    case 'stuck':
      problems.push('stuck: the deployment did not converge');
      break;
    case null:
      problems.push('the record was not closed');
      break;
    default:
      outcome satisfies never;
  }
  return problems.map((message) => ({ invariant: 6, message }));
};

const scaleOf = (id: string, own: number, { scaled }: TaskSetsOfOthers): number => scaled.get(id) ?? own;

/** PRIMARY, unless somebody else has made another so since. */
const isPrimaryAsLeft = ({ id, status }: SafetyTaskSet, { primary }: TaskSetsOfOthers): boolean =>
  status === (primary === null || primary === id ? 'PRIMARY' : 'ACTIVE');

const isGreenDeleted = (start: BareSnapshot, { deleted, made }: TaskSetsOfOthers): boolean =>
  [...deleted].some((id) => !made.has(id) && !start.taskSets.some((set) => set.id === id));

/** A blue that drained at the start, before the plan was made, was deleted by somebody else. */
const isBlueAsBefore = (start: BareSnapshot, end: BareSnapshot, others: TaskSetsOfOthers): boolean =>
  start.taskSets
    .filter(({ colour, status }) => colour === 'blue' && status !== 'DRAINING')
    .every(
      (was) =>
        others.deleted.has(was.id) ||
        end.taskSets.some(
          (is) =>
            is.id === was.id &&
            is.scalePercent === scaleOf(was.id, was.scalePercent, others) &&
            (isPrimaryAsLeft(is, others) || (others.primary === null && is.status === was.status)),
        ),
    );
