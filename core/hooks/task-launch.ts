import type { HookMoment, PlannedTaskHook, TaskLaunch } from '../vocabulary/hooks.types.ts';
import type { Plan } from '../vocabulary/plan.types.ts';

type About = {
  plan: Pick<Plan, 'service' | 'test'>;
  hook: PlannedTaskHook;
  moment: HookMoment;
  runId: string;
  deploymentId: string;
};

/**
 * What a run's task is started with. It is kept in the run's item, so that a start that is repeated is the same in
 * each parameter: with the same token and other parameters ECS refuses it.
 */
export const launchOfRun = ({ plan, hook, moment, runId, deploymentId }: About): TaskLaunch => ({
  ...hook.launch,
  environment: {
    ...hook.launch.environment,
    CUTOVER_HOOK: hook.name,
    CUTOVER_STAGE: moment.stage,
    CUTOVER_STEP: String(moment.step),
    CUTOVER_RUN_ID: runId,
    CUTOVER_DEPLOYMENT_ID: deploymentId,
    CUTOVER_SERVICE: plan.service,
    ...(plan.test?.url === undefined ? {} : { CUTOVER_TEST_URL: plan.test.url }),
    ...(plan.test?.header === undefined
      ? {}
      : { CUTOVER_TEST_HEADER: `${plan.test.header.name}: ${plan.test.header.value}` }),
  },
});
