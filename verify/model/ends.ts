import { checkEnd } from '../../core/safety/convergence.ts';
import type { BareSnapshot } from '../../core/safety/snapshot.ts';
import type { TaskSetsOfOthers } from '../../core/safety/task-sets-of-others.types.ts';
import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import type { ModelState } from './model.types.ts';
import { snapshotOf, wantedOf } from './snapshot.ts';

/**
 * Somebody deleted the colour that served when the other had begun to go: nothing that the deployment may do brings
 * one back.
 */
export const isDestroyed = ({ damagedByOthers, taskSets }: ModelState): boolean =>
  damagedByOthers && !taskSets.some((set) => wantedOf(set) > 0);

/**
 * A first deployment goes back to the routes that its plan found; the one who wrote them before that was not
 * disturbed.
 */
const asPlanned = (start: BareSnapshot, plan: Plan | null): BareSnapshot => ({
  ...start,
  routes: start.routes.map((route) => {
    const found = plan?.blue === null ? plan.routes.find(({ arn }) => arn === route.arn) : undefined;
    return found === undefined ? route : { ...route, groups: found.original.groups };
  }),
});

/** Every run has a result, none still runs, and a success has those of every stage before it. */
const hooksLeft = ({ hooks, record }: ModelState): string[] => {
  const { plan, outcome } = record ?? {};
  const asked = (plan?.hooks ?? []).flatMap(({ stages }) => stages).filter((stage) => stage !== 'ROLLBACK');
  const passed = (stage: string): boolean =>
    hooks.runs.some((run) => run.stage === stage && run.result?.status === 'SUCCEEDED');
  return [
    ...hooks.runs
      .filter(({ result }) => result === null)
      .map(({ stage }) => `the hook at ${stage} has no result at the end`),
    ...hooks.executions
      .filter(({ running }) => running)
      .map(({ input }) => `the hook at ${input.stage} still runs at the end`),
    ...(outcome?.kind === 'succeeded' ? asked.filter((stage) => !passed(stage)) : []).map(
      (stage) => `it succeeded without the hook at ${stage}`,
    ),
  ];
};
/** Green's task set, of which a state has no name left once somebody has deleted it. */
const GREEN = "green's task set";

const othersIn = ({ damagedByOthers }: ModelState): TaskSetsOfOthers => ({
  made: new Set(),
  scaled: new Map(),
  deleted: new Set(damagedByOthers ? [GREEN] : []),
  primary: null,
});

/** What is wrong with the end of a deployment that is over. What somebody else changed last is theirs. */
export const problemsAtEnd = (start: ModelState, state: ModelState): string[] => {
  const { record } = state;
  const last = state.executions.at(-1);
  if (record !== null && record.outcome === null) return [`the record stays open after ${last?.end}`];
  // Without a record nothing was begun: whatever ended it, nothing may have changed.
  const outcome: OutcomeKind = record?.outcome?.kind ?? 'refused';

  const theirs = new Set(
    state.routes.filter(({ foreign, deleted }) => foreign || deleted).map(({ arn }) => arn),
  );
  const own = (snapshot: BareSnapshot): BareSnapshot => ({
    ...snapshot,
    leaseHolder: null,
    routes: snapshot.routes.filter(({ arn }) => !theirs.has(arn)),
  });
  const problems = checkEnd({
    start: own(asPlanned(snapshotOf(start, null), record?.plan ?? null)),
    end: own(snapshotOf(state, null)),
    outcome,
    others: othersIn(state),
  });
  return [...problems.map(({ message }) => message), ...hooksLeft(state)];
};
