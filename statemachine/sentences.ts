import { decisionInWords, outcomeInWords, rollBackInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import { count } from '../core/figures.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Attached, Decision, Ready, Traffic } from '../core/vocabulary/state.types.ts';
import { isStep, type StepName, type StepResult } from './contract.ts';

/** A line: one sentence, why when there is a reason, whether only `--verbose` shows it, and whether it is bad news. */
type Sentence = { what: string; why?: string; detail?: boolean; bad?: boolean };

/** A line of a deployment's timeline, with its details as plain JSON. */
type StepLine = Omit<Sentence, 'bad'> & { kind: 'step' | 'decision'; data: Record<string, unknown> };

const planned = (plan: Plan): Sentence => ({
  what:
    `planned ${plan.strategyName}: ` +
    `${plan.shifts.map(({ greenPct, bakeMs }) => `${greenPct} % for ${formatDuration(bakeMs)}`).join(', ')}`,
  why:
    `${count(plan.routes.length, 'route')}: ` +
    `${plan.routes.map(({ label }) => label).join('; ')}${plan.warnings.length > 0 ? `; ${count(plan.warnings.length, 'warning')}` : ''}`,
});

const attached = ({ changed }: Attached): Sentence =>
  changed.length === 0
    ? { what: "green's target group was attached already", detail: true }
    : { what: `attached green's target group at weight 0 to ${count(changed.length, 'route')}` };

const shifted = ({ weights, routes }: Traffic): Sentence => ({
  what: `shifted ${weights.green} % to green and read it back on ${count(routes.length, 'route')}`,
});

const readyInWords: Record<Ready['kind'], string> = {
  ready: 'is ready',
  pending: 'is not ready',
  held: 'waits',
  failed: 'failed',
};

type Sentences = {
  readonly [Name in Exclude<StepName, 'JudgeHealth'>]: ((result: StepResult<Name>) => Sentence) | null;
};

/**
 * What a person reads of each step's result; null for a step that adds no line. A decision is a line of its own kind.
 */
const sentences: Sentences = {
  AcquireLease: ({ kind, deploymentId, serviceKey, reason }) =>
    kind === 'held'
      ? { what: `deployment ${deploymentId} holds ${serviceKey}` }
      : {
          what:
            kind === 'waiting' ? `stands in line for ${serviceKey}` : `takes deployment ${deploymentId} over`,
          why: reason,
        },
  RecallPlan: () => ({ what: 'read the plan back from the record' }),
  PlanDeployment: planned,
  AttachGreen: attached,
  LaunchGreen: ({ taskSetId, adopted }) => ({
    what: `${adopted ? 'adopted' : 'launched'} green task set ${taskSetId}`,
  }),
  CheckGreen: (ready) => ({
    what: `green ${readyInWords[ready.kind]}: ${ready.healthyTargets} of ${ready.wanted} healthy`,
    why: ready.reason,
    detail: ready.kind === 'pending' || ready.kind === 'held',
    bad: ready.kind === 'failed',
  }),
  ShiftTraffic: shifted,
  // What woke them is the signal's own line, and what the observation after them finds is another.
  Bake: null,
  WaitForOperator: null,
  WaitToRetire: null,
  WaitForBlue: null,
  LetTrafficLeave: null,
  PromoteGreen: ({ primaryTaskSetId }) => ({ what: `green ${primaryTaskSetId} is PRIMARY` }),
  RetireBlue: ({ kind, reason }) => ({ what: reason, detail: kind === 'due' }),
  CheckRetired: ({ kind, reason }) => ({ what: reason, detail: kind !== 'retired' }),
  RollBack: ({ kind, reason, because }) => ({
    what: `${rollBackInWords[kind]}: ${reason}`,
    why: because,
    bad: kind !== 'finishForward',
  }),
  RemoveGreen: ({ kind, reason }) => ({ what: reason, detail: kind === 'due' }),
  CheckRemoved: ({ kind, reason }) => ({ what: reason, detail: kind !== 'removed' }),
  RecordOutcome: ({ kind, reason }) => ({
    what: `recorded: ${outcomeInWords[kind]}`,
    why: reason,
    bad: kind === 'rolledBack',
  }),
};

const decided = (decision: Decision): StepLine => ({
  kind: 'decision',
  what: `${decisionInWords[decision.kind]}${decision.kind === 'hold' ? `, next observation in ${formatDuration(decision.waitSeconds * 1_000)}` : ''}`,
  why: decision.reason,
  data: { kind: decision.kind, position: decision.position, evidence: decision.evidence },
});

/** The timeline's line for a step that succeeded, or null for one that adds none. */
export const lineOfStep = (state: string, result: unknown): StepLine | null => {
  if (!isStep(state)) return null;
  if (state === 'JudgeHealth') return decided(result as Decision);
  const sentence = sentences[state];
  if (sentence === null) return null;
  const { bad = false, ...line } = sentence(result as never);
  return { kind: 'step', ...line, data: { state, phase: 'said', bad } };
};
