import type { StepName } from '../statemachine/contract.ts';
import { acquireLease } from './acquire-lease.ts';
import { attachGreen } from './attach-green.ts';
import { awaitHooks } from './await-hooks.ts';
import { bake } from './bake.ts';
import { checkGreen } from './check-green.ts';
import { checkRemoved } from './check-removed.ts';
import { checkRetired } from './check-retired.ts';
import type { Deps } from './deps.types.ts';
import { endHooks } from './end-hooks.ts';
import { judgeHealth } from './judge-health.ts';
import { launchGreen } from './launch-green.ts';
import { letTrafficLeave } from './let-traffic-leave.ts';
import { planDeployment } from './plan-deployment.ts';
import { promoteGreen } from './promote-green.ts';
import { recallPlan } from './recall-plan.ts';
import { recordOutcome } from './record-outcome.ts';
import { removeGreen } from './remove-green.ts';
import { retireBlue } from './retire-blue.ts';
import { rollBack } from './roll-back.ts';
import { runHooks } from './run-hooks.ts';
import { shiftTraffic } from './shift-traffic.ts';
import type { Step } from './step.ts';
import { waitForBlue } from './wait-for-blue.ts';
import { waitForOperator } from './wait-for-operator.ts';
import { waitToRetire } from './wait-to-retire.ts';

/**
 * Every step by its state's name, for the one who runs the whole workflow in one process: the simulator and the
 * tests.
 */
export const steps: { [Name in StepName]: Step<Name, keyof Deps> } = {
  AcquireLease: acquireLease,
  RecallPlan: recallPlan,
  PlanDeployment: planDeployment,
  RunHooks: runHooks,
  AwaitHooks: awaitHooks,
  AttachGreen: attachGreen,
  LaunchGreen: launchGreen,
  CheckGreen: checkGreen,
  WaitForOperator: waitForOperator,
  ShiftTraffic: shiftTraffic,
  Bake: bake,
  JudgeHealth: judgeHealth,
  PromoteGreen: promoteGreen,
  RetireBlue: retireBlue,
  WaitToRetire: waitToRetire,
  CheckRetired: checkRetired,
  RollBack: rollBack,
  WaitForBlue: waitForBlue,
  LetTrafficLeave: letTrafficLeave,
  RemoveGreen: removeGreen,
  CheckRemoved: checkRemoved,
  EndHooks: endHooks,
  RecordOutcome: recordOutcome,
};
