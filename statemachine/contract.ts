import type { ErrorName } from '../core/errors.ts';
import type { DeploymentState } from '../core/vocabulary/state.types.ts';

/**
 * What holds the state machine and the code together: for each Task state of deploy.asl.json the slice it
 * writes, the slices it reads and the errors it may end with. test/contract.test.ts compares it with the ASL
 * file and with functions/; infra fills `${<State>Arn}` by looping over it.
 */
type StepContract = {
  /** The step writes `$.<slice>` and nothing else. */
  slice: keyof DeploymentState;
  /** Slices that are always there when the step runs. */
  needs: readonly (keyof DeploymentState)[];
  /** Slices that may be there, depending on the way the execution took. */
  may: readonly (keyof DeploymentState)[];
  /**
   * It lasts until a signal spends its task token, or for the `waitSeconds` of this slice; its payload is the whole
   * state and the token.
   */
  timeout?: keyof DeploymentState;
  /** Our own errors the step may raise beside the API's (core/errors.ts, `apiErrors`). */
  raises: readonly ErrorName[];
};

export const contract = {
  AcquireLease: {
    slice: 'lease',
    needs: ['request', 'execution'],
    may: ['lease'],
    raises: ['InvalidRequest', 'ServiceBusy'],
  },
  RecallPlan: {
    slice: 'plan',
    needs: ['lease'],
    may: [],
    raises: ['LeaseLost'],
  },
  PlanDeployment: {
    slice: 'plan',
    needs: ['lease'],
    may: [],
    raises: ['PreflightFailed', 'LeaseLost'],
  },
  RunHooks: {
    slice: 'hooks',
    needs: ['lease', 'plan'],
    may: ['green', 'traffic', 'decision'],
    raises: ['LeaseLost'],
  },
  AwaitHooks: {
    slice: 'wake',
    needs: ['lease', 'hooks'],
    may: [],
    timeout: 'hooks',
    raises: [],
  },
  AttachGreen: {
    slice: 'attached',
    needs: ['lease', 'plan'],
    may: [],
    raises: ['TrafficDrifted', 'LeaseLost', 'HooksDue'],
  },
  LaunchGreen: {
    slice: 'green',
    needs: ['lease', 'plan'],
    may: [],
    raises: ['LeaseLost', 'ServiceBusy'],
  },
  CheckGreen: {
    slice: 'ready',
    needs: ['lease', 'plan', 'green'],
    may: ['ready'],
    raises: ['ServiceBusy'],
  },
  WaitForOperator: {
    slice: 'wake',
    needs: ['lease', 'ready'],
    may: [],
    timeout: 'ready',
    raises: [],
  },
  ShiftTraffic: {
    slice: 'traffic',
    needs: ['lease', 'plan', 'green'],
    may: ['traffic', 'decision'],
    raises: ['TrafficDrifted', 'NotEnoughHealthyTargets', 'LeaseLost', 'HooksDue', 'Aborted'],
  },
  Bake: {
    slice: 'wake',
    needs: ['lease', 'plan', 'traffic', 'decision'],
    may: [],
    timeout: 'decision',
    raises: [],
  },
  JudgeHealth: {
    slice: 'decision',
    needs: ['lease', 'plan', 'green', 'traffic'],
    may: ['ready', 'decision'],
    raises: ['LeaseLost', 'InvariantBroken'],
  },
  PromoteGreen: {
    slice: 'promoted',
    needs: ['lease', 'plan'],
    may: ['green'],
    raises: ['TrafficDrifted', 'LeaseLost', 'InvariantBroken'],
  },
  RetireBlue: {
    slice: 'retirement',
    needs: ['lease', 'plan'],
    may: ['green', 'ready', 'traffic', 'retirement'],
    raises: ['TrafficDrifted', 'NotEnoughHealthyTargets', 'LeaseLost', 'Aborted', 'InvariantBroken'],
  },
  WaitToRetire: {
    slice: 'wake',
    needs: ['lease', 'retirement'],
    may: [],
    timeout: 'retirement',
    raises: [],
  },
  CheckRetired: {
    slice: 'retirement',
    needs: ['lease', 'plan', 'retirement'],
    may: [],
    raises: ['TrafficDrifted'],
  },
  RollBack: {
    slice: 'rolledBack',
    needs: ['lease', 'plan'],
    may: [
      'green',
      'ready',
      'traffic',
      'decision',
      'promoted',
      'retirement',
      'rolledBack',
      'hooks',
      'failure',
    ],
    raises: ['LeaseLost', 'InvariantBroken'],
  },
  WaitForBlue: {
    slice: 'wake',
    needs: ['lease', 'rolledBack'],
    may: [],
    timeout: 'rolledBack',
    raises: [],
  },
  LetTrafficLeave: {
    slice: 'wake',
    needs: ['lease', 'rolledBack'],
    may: [],
    timeout: 'rolledBack',
    raises: [],
  },
  RemoveGreen: {
    slice: 'removal',
    needs: ['lease', 'plan', 'rolledBack'],
    may: ['green', 'traffic', 'removal'],
    raises: ['TrafficDrifted', 'NotEnoughHealthyTargets', 'LeaseLost', 'InvariantBroken'],
  },
  CheckRemoved: {
    slice: 'removal',
    needs: ['lease', 'plan', 'removal'],
    may: ['green', 'rolledBack'],
    raises: ['TrafficDrifted'],
  },
  EndHooks: {
    slice: 'hooks',
    needs: ['lease', 'plan'],
    may: ['rolledBack', 'retirement', 'traffic'],
    raises: ['LeaseLost', 'TrafficDrifted'],
  },
  RecordOutcome: {
    slice: 'outcome',
    needs: ['request', 'execution'],
    may: [
      'lease',
      'plan',
      'green',
      'traffic',
      'decision',
      'promoted',
      'retirement',
      'rolledBack',
      'removal',
      'hooks',
      'failure',
    ],
    raises: ['TrafficDrifted', 'LeaseLost', 'HooksDue'],
  },
} as const satisfies Record<string, StepContract>;

export type StepName = keyof typeof contract;

export const stepNames = Object.keys(contract) as StepName[];

export const isStep = (name: string): name is StepName => Object.hasOwn(contract, name);

type Needs<Name extends StepName> = (typeof contract)[Name]['needs'][number];
type May<Name extends StepName> = (typeof contract)[Name]['may'][number];
type Slice<Name extends StepName> = (typeof contract)[Name]['slice'];

/** The state that a step may read. */
export type StepState<Name extends StepName> = Pick<DeploymentState, Needs<Name>> &
  Partial<Pick<DeploymentState, May<Name>>>;

type TokenStep = {
  [Name in StepName]: (typeof contract)[Name] extends { timeout: string } ? Name : never;
}[StepName];

/** Whether a state is a wait that a signal ends. */
export const waitsForToken = (state: string): state is TokenStep =>
  isStep(state) && 'timeout' in contract[state];

/** What the step's Lambda is invoked with: a wait for a token needs the token beside the state. */
export type StepInput<Name extends StepName> = Name extends TokenStep
  ? { state: StepState<Name>; taskToken: string }
  : StepState<Name>;

export type StepResult<Name extends StepName> = DeploymentState[Slice<Name>];

/** `ShiftTraffic` -> `shift-traffic`: the step's file in functions/. */
export const fileOf = (name: StepName): string =>
  name.replace(/[a-z][A-Z]/g, (pair) => `${pair[0]}-${pair[1]}`).toLowerCase();
