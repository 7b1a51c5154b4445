/** How far a deployment is, in a person's words; each state of the workflow belongs to one. */
export const phases = {
  starting: { words: 'starting', states: ['Begin', 'AcquireLease', 'HasLease?'] },
  queued: { words: 'waiting for another deployment of the service', states: ['WaitForLease'] },
  recovering: {
    words: 'recovering: its execution ended half-way',
    states: ['WaitOutLastStep', 'RecallPlan'],
  },
  planning: { words: 'planning', states: ['PlanDeployment'] },
  launching: { words: 'launching green', states: ['AttachGreen', 'LaunchGreen'] },
  gettingHealthy: {
    words: 'waiting until green is healthy',
    states: ['CheckGreen', 'GreenReady?', 'WaitForGreen'],
  },
  shifting: { words: 'shifting traffic', states: ['ShiftTraffic'] },
  baking: { words: 'baking', states: ['JudgeHealth', 'WhatNext?', 'Bake'] },
  promoting: { words: 'making green PRIMARY', states: ['PromoteGreen'] },
  retiring: {
    words: 'retiring blue',
    states: ['RetireBlue', 'BlueRetired?', 'WaitForRetirement', 'CheckRetired'],
  },
  rollingBack: {
    words: 'rolling back',
    states: ['RollBack', 'BlueServes?', 'WaitForBlue', 'WaitToFinish', 'LetTrafficLeave'],
  },
  removing: {
    words: 'rolled back, removing green',
    states: ['RemoveGreen', 'GreenRemoved?', 'WaitForRemoval', 'CheckRemoved'],
  },
  recording: {
    words: 'recording the outcome',
    states: ['RecordOutcome', 'HowDidItEnd?', 'Succeeded', 'RolledBack', 'Refused', 'Stuck', 'Unrecorded'],
  },
} as const satisfies Record<string, { words: string; states: readonly string[] }>;

export type Phase = keyof typeof phases;

const names = Object.keys(phases) as Phase[];

/** Undefined for a state of a newer workflow than this command line knows. */
export const phaseOf = (state: string): Phase | undefined =>
  names.find((name) => (phases[name].states as readonly string[]).includes(state));
