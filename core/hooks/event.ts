import type { HookMoment, LambdaHook } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

type About = {
  plan: Plan;
  hook: LambdaHook;
  moment: HookMoment;
  runId: string;
  deploymentId: string;
  deadlineMs: number;
  /** Null before it is launched. */
  greenTaskSetArn: string | null;
  /** Green's share of the production traffic now, percent. */
  greenPct: number;
};

/** Of a shift by its number among those that move users. */
const greenPctOf = (plan: Plan, step: number): number | null =>
  plan.shifts.filter(({ test }) => test !== true)[step - 1]?.greenPct ?? null;

/** What is true of the deployment, in Cutover's words. */
const truth = ({
  plan,
  hook,
  moment,
  runId,
  deploymentId,
  deadlineMs,
  greenTaskSetArn,
  greenPct,
}: About) => ({
  runId,
  hook: hook.name,
  stage: moment.stage,
  step: moment.step,
  deadlineMs,
  deploymentId,
  cluster: plan.cluster,
  service: plan.service,
  isFirstDeployment: plan.blue === null,
  isRollback: moment.stage === 'ROLLBACK',
  greenPct,
  nextGreenPct: moment.step === 0 ? null : greenPctOf(plan, moment.step),
  taskDefinitionArn: plan.green.taskDefinitionArn,
  blue:
    plan.blue === null
      ? null
      : {
          taskSetArn: plan.blue.arn,
          taskDefinitionArn: plan.blue.taskDefinitionArn,
          targetGroupArn: plan.blue.targetGroupArn,
        },
  green: { taskSetArn: greenTaskSetArn, targetGroupArn: plan.green.targetGroupArn },
  test: plan.test === undefined ? null : { url: plan.test.url ?? null, header: plan.test.header ?? null },
});

/**
 * ARNs in the form of ECS's own that name no resource of ECS: a service with the deployment controller EXTERNAL has
 * neither service deployments nor revisions.
 */
const named = (plan: Plan, kind: 'service-deployment' | 'service-revision', id: string): string => {
  const [partition, region, account] = plan.serviceArn
    .split(':')
    .filter((_, index) => [1, 3, 4].includes(index));
  return `arn:${partition}:ecs:${region}:${account}:${kind}/${plan.cluster}/${plan.service}/${id}`;
};

/** The digits of a task set's id. */
const lastOf = (arn: string): string => arn.split(/[/:]/).at(-1) ?? arn;

/** ECS fills the weights only before a shift, in whole percent, the revisions' together 100. */
const nativeWeights = ({ plan, moment, greenPct, deploymentId }: About): Record<string, number> => {
  if (moment.stage !== 'PRE_PRODUCTION_TRAFFIC_SHIFT') return {};
  const green = Math.round(greenPct);
  const weights = { [revisionOfGreen(plan, deploymentId)]: green };
  if (plan.blue !== null) weights[named(plan, 'service-revision', lastOf(plan.blue.id))] = 100 - green;
  return weights;
};

/** The same at every stage, also before green has a task set. */
const revisionOfGreen = (plan: Plan, deploymentId: string): string =>
  named(plan, 'service-revision', deploymentId);

/**
 * What the function is called with. With `contract: "ecs"` it is the event of ECS's guide, "Lifecycle hooks for Amazon
 * ECS service deployments", no member missing and `{}` where there are no weights, and `cutover` beside it.
 */
export const hookEvent = (about: About): Record<string, unknown> => {
  const { plan, hook, moment, runId, deploymentId } = about;
  const cutover = truth(about);
  if (hook.contract === 'cutover') return { version: 1, ...cutover, hookDetails: hook.hookDetails };
  return {
    executionId: runId,
    lifecycleStage: moment.stage,
    resourceArn: named(plan, 'service-deployment', deploymentId),
    executionDetails: {
      serviceArn: plan.serviceArn,
      targetServiceRevisionArn: revisionOfGreen(plan, deploymentId),
      testTrafficWeights: {},
      productionTrafficWeights: nativeWeights(about),
    },
    hookDetails: hook.hookDetails,
    cutover,
  };
};
