/** A state is counted by its kind: a Task, a Task that waits for a token, or any other. */
export type StateKind = 'task' | 'token' | 'plain';

type Way = { readonly [state: string]: StateKind };

/**
 * The ways through statemachine/deploy.asl.json that a deployment's history is counted from, each with its states in
 * order. test/core/estimate/ways.test.ts holds them against that file: core/ may not read it.
 */
export const ways = {
  opening: {
    Begin: 'plain',
    AcquireLease: 'task',
    'HasLease?': 'plain',
    PlanDeployment: 'task',
    AttachGreen: 'task',
    LaunchGreen: 'task',
  },
  firstGreenRead: { CheckGreen: 'task', 'GreenReady?': 'plain' },
  greenRead: { WaitForGreen: 'plain', CheckGreen: 'task', 'GreenReady?': 'plain' },
  shift: { ShiftTraffic: 'task', JudgeHealth: 'task', 'WhatNext?': 'plain' },
  observation: { Bake: 'token', JudgeHealth: 'task', 'WhatNext?': 'plain' },
  /** Hooks before green's launch, and before its first user: a step makes way for them and comes again. */
  launchHooks: { AttachGreen: 'task', RunHooks: 'task', 'HooksDone?': 'plain' },
  firstHooks: {
    ShiftTraffic: 'task',
    RunHooks: 'task',
    'HooksDone?': 'plain',
    CheckGreen: 'task',
    'GreenReady?': 'plain',
  },
  awaitHooks: { AwaitHooks: 'token', RunHooks: 'task', 'HooksDone?': 'plain' },
  /** While green has users: an observation of the hooks is one of everything else as well. */
  bakeHooks: {
    RunHooks: 'task',
    'HooksDone?': 'plain',
    Bake: 'token',
    JudgeHealth: 'task',
    'WhatNext?': 'plain',
  },
  endHooks: { RecordOutcome: 'task', EndHooks: 'task', 'HooksEnded?': 'plain' },
  awaitEndHooks: { WaitForHooks: 'plain', EndHooks: 'task', 'HooksEnded?': 'plain' },
  promotion: { PromoteGreen: 'task' },
  retirementWrite: { RetireBlue: 'task', 'BlueRetired?': 'plain' },
  retirementRead: { WaitForRetirement: 'plain', CheckRetired: 'task', 'BlueRetired?': 'plain' },
  rollBack: { RollBack: 'task', 'BlueServes?': 'plain', LetTrafficLeave: 'token' },
  removalWrite: { RemoveGreen: 'task', 'GreenRemoved?': 'plain' },
  removalRead: { WaitForRemoval: 'plain', CheckRemoved: 'task', 'GreenRemoved?': 'plain' },
  succeeded: { RecordOutcome: 'task', 'HowDidItEnd?': 'plain', Succeeded: 'plain' },
  rolledBack: { RecordOutcome: 'task', 'HowDidItEnd?': 'plain', RolledBack: 'plain' },
} as const satisfies Record<string, Way>;
