import { hooksAtEnd } from '../hooks/evidence.ts';
import type { Began, Outcome, Stuck } from '../vocabulary/ending.types.ts';
import type { HookRun } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';
import type { DeploymentState, Failure } from '../vocabulary/state.types.ts';
import { removesBlue } from '../weights/taken-over.ts';
import { describeWeights } from '../weights/weights.ts';
import { failedMeanwhile } from './answered.ts';
import { failureId, failureMessage } from './failure.ts';

/** What an ending reads: the slices that are there show which way the execution took. */
export type EndState = Partial<
  Pick<
    DeploymentState,
    | 'lease'
    | 'plan'
    | 'green'
    | 'traffic'
    | 'decision'
    | 'promoted'
    | 'retirement'
    | 'rolledBack'
    | 'removal'
    | 'failure'
  >
>;

/**
 * How a deployment ended, from what its steps left. Nothing counts as success or as rolled back that was not read
 * back as such; whatever fits no ending is `stuck`, and says what is left and what to do.
 *
 * @param hookRuns all of the deployment's: one that did not succeed is named beside what the users have
 */
export const outcomeOf = (state: EndState, nowMs: number, hookRuns: readonly HookRun[] = []): Outcome => {
  const { plan, retirement, rolledBack, removal, failure } = state;
  // Traffic that somebody gave to the colour that is gone, and that could not be taken back: neither ending is true.
  const unrepaired = rolledBack?.kind === 'stuck' || rollBackFailed(state);
  // A first deployment can still go back: it had nothing to retire, and green goes after all.
  if (retirement?.kind === 'retired' && rolledBack?.kind !== 'restored' && !unrepaired) {
    const despite =
      rolledBack === undefined ? '' : `, although it was to be rolled back: ${rolledBack.because}`;
    const blue = plan === undefined ? ' and blue is gone' : whatBlueIs(plan);
    const hooks = hooksAtEnd(hookRuns, 'succeeded');
    const aside = `${failedMeanwhile(state.decision, plan)}${despite}${besides(retirement)}${hooks}`;
    const reason = `green serves all traffic${blue}${aside}`;
    return { kind: 'succeeded', reason, endedAtMs: nowMs };
  }
  if (removal?.kind === 'removed' && rolledBack?.kind === 'restored' && !unrepaired) {
    const { because, aborted, nothingServes } = rolledBack;
    const why = nothingServes ? `${because.replace(/\.$/, '')}; ${rolledBack.reason}` : because;
    const reason = `${why}${besides(removal)}${hooksAtEnd(hookRuns, 'rolledBack')}`;
    return { kind: 'rolledBack', reason, endedAtMs: nowMs, ...(aborted && { aborted }) };
  }
  if (plan === undefined && state.lease?.kind === 'recovering' && !nothingToRecover(failure)) {
    const why = failure === undefined ? 'no reason was given' : failureMessage(failure);
    const reason =
      `the plan that is to be undone could not be read: ${why.replace(/\.$/, '')}. It is tried again by ` +
      'itself; what the deployment wrote stays until then.';
    return { kind: 'stuck', reason, endedAtMs: nowMs };
  }
  // The first write to anything comes after the plan, so without a plan nothing was touched.
  if (plan === undefined) {
    const reason =
      failure === undefined ? 'nothing was planned and no reason was given' : failureMessage(failure);
    return { kind: 'refused', reason, endedAtMs: nowMs };
  }
  return { kind: 'stuck', reason: stuckReason(state), endedAtMs: nowMs };
};

/** The deployment removes the blue of its own service alone. */
const whatBlueIs = ({ blue }: Pick<Plan, 'blue'>): string => {
  if (blue === null) return '';
  return blue.service === undefined
    ? ' and blue is gone'
    : `; the service ${blue.service}, which served before, has its tasks still`;
};

const besides = ({ testOpen }: { testOpen?: string }): string =>
  testOpen === undefined ? '' : `; ${testOpen}`;

/** RollBack's last visit failed: it reports the failure that it found, so another one came after it. */
const rollBackFailed = ({ rolledBack, failure }: EndState): boolean =>
  failure !== undefined && rolledBack?.caught !== undefined
    ? failureId(failure) !== rolledBack.caught
    : failure !== undefined && rolledBack === undefined;

/** RecallPlan's two answers that are final: there never was a plan, or the deployment had ended already. */
const nothingToRecover = (failure: Failure | undefined): boolean =>
  failure !== undefined && ['NotFound', 'Conflict'].includes(failure.Error);

const whyStuck = ({ rolledBack, failure }: EndState): string => {
  if (rolledBack?.kind === 'stuck') return rolledBack.reason;
  return failure === undefined ? 'the workflow met a state it does not know' : failureMessage(failure);
};

/**
 * What a recovery has to know of an end that is stuck; what began the rollback is kept from one recovery to the next.
 */
export const stuckOf = (state: EndState, executionArn: string): Stuck => {
  const { lease, rolledBack } = state;
  const began: Began | null =
    lease?.began ??
    (rolledBack === undefined
      ? null
      : { because: rolledBack.because, ...(rolledBack.aborted && { aborted: rolledBack.aborted }) });
  return { executionArn, why: whyStuck(state), began };
};

const stuckReason = (state: EndState): string => {
  const { rolledBack } = state;
  const why = whyStuck(state);
  const first =
    rolledBack === undefined || rolledBack.because === why
      ? ''
      : ` Rolling back because: ${rolledBack.because}.`;
  return `${why.replace(/\.$/, '')}.${first} ${whatIsLeft(state)} ${whatToDo(state)}`;
};

const whatIsLeft = ({ plan, green, traffic, rolledBack, retirement }: EndState): string => {
  const weights =
    rolledBack?.kind === 'restored'
      ? 'blue has all traffic'
      : traffic === undefined
        ? 'no traffic was shifted to green'
        : `traffic was last set to ${describeWeights(traffic.weights)}`;
  const left = [
    ...(plan?.blue && retirement !== undefined
      ? [`blue's task set ${plan.blue.id} (${retirement.reason})`]
      : []),
    ...(green === undefined ? [] : [`green's task set ${green.taskSetId}`]),
  ];
  return `What is left: ${weights}${left.length === 0 ? '' : `; ${left.join('; ')}`}.`;
};

const whatToDo = ({ plan, retirement, rolledBack }: EndState): string => {
  const routes = plan?.routes.map(({ label }) => label).join(', ') ?? 'every route';
  if (retirement !== undefined) {
    const blue =
      plan === undefined || removesBlue(plan) ? ", then scale blue's task set to 0 and delete it" : '';
    return `What to do: see that green has all weight on ${routes}${blue}.`;
  }
  if (rolledBack?.kind === 'restored') return "What to do: scale green's task set to 0 and delete it.";
  return (
    `What to do: give the healthier colour all weight on ${routes}, then scale the other task set to 0 ` +
    'and delete it.'
  );
};
