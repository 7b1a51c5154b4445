/**
 * Whether green may get more traffic: all of it is blue's still, a judgement decides after each shift, or the way is
 * decided, forward or back, and no further judgement comes.
 */
export type TrafficIs = 'before' | 'moving' | 'decided';

type PhaseRow = {
  /** What the deployment is doing, for a person. */
  words: string;
  traffic: TrafficIs;
  /** Whether a person is offered commands; core/operator/refuse-command.ts decides about each. */
  steerable: boolean;
};

/** How far a deployment is. Each state of the workflow belongs to one phase (states.ts). */
export const phases = {
  starting: { words: 'starting', traffic: 'before', steerable: false },
  queued: { words: 'waiting for another deployment of the service', traffic: 'before', steerable: false },
  recovering: {
    words: 'recovering: its execution ended half-way',
    traffic: 'decided',
    steerable: false,
  },
  planning: { words: 'planning', traffic: 'before', steerable: true },
  launching: { words: 'launching green', traffic: 'before', steerable: true },
  gettingHealthy: { words: 'waiting until green is healthy', traffic: 'before', steerable: true },
  runningHooks: { words: 'waiting for hooks', traffic: 'moving', steerable: true },
  shifting: { words: 'shifting traffic', traffic: 'moving', steerable: true },
  baking: { words: 'baking', traffic: 'moving', steerable: true },
  promoting: { words: 'making green PRIMARY', traffic: 'decided', steerable: true },
  retiring: { words: 'retiring blue', traffic: 'decided', steerable: true },
  rollingBack: { words: 'rolling back', traffic: 'decided', steerable: false },
  removing: { words: 'rolled back, removing green', traffic: 'decided', steerable: false },
  endingHooks: { words: 'rolled back, waiting for its hooks', traffic: 'decided', steerable: false },
  recording: { words: 'recording the outcome', traffic: 'decided', steerable: false },
} as const satisfies Record<string, PhaseRow>;

export type Phase = keyof typeof phases;

export const phaseNames = Object.keys(phases) as Phase[];

export const isPhase = (name: string): name is Phase => Object.hasOwn(phases, name);
