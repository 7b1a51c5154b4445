/** What kind of thing happened; the timeline styles lines by it. */
export type SimEventKind =
  /** The workflow entered or left a state. */
  | 'step'
  /** JudgeHealth decided. */
  | 'decision'
  /** Listener weights as configured changed, by whomever. */
  | 'weights'
  /** The load balancer's data plane follows new weights. */
  | 'dataPlane'
  /** A task or task set changed. */
  | 'task'
  /** A target's health changed. */
  | 'target'
  /** An alarm changed its state. */
  | 'alarm'
  /** An operator's command was accepted or refused. */
  | 'command'
  /** An injected fault. */
  | 'fault'
  /** A handler's own log line. */
  | 'log'
  /** An EventBridge event was published. */
  | 'published'
  /** An invariant broke; the run ends. */
  | 'violation';

export type SimEvent = {
  /** Virtual time, milliseconds since the Unix epoch. */
  atMs: number;
  /** Counts from 0: the order of events of the same instant. */
  sequence: number;
  kind: SimEventKind;
  /** One short sentence for the timeline. */
  what: string;
  /** Why, when there is a reason to give. */
  why?: string;
  /** Machine-readable details, plain JSON. */
  data?: Record<string, unknown>;
  /** True for lines only `--verbose` shows. */
  detail?: boolean;
};

export type SimEventInput = Omit<SimEvent, 'atMs' | 'sequence'>;
