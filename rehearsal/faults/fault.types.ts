import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { ApiService, CallFault } from '../../sim/kernel/call.types.ts';

/** When a fault comes. */
export type FaultWhen =
  /** When the weights of the plan's N-th shift have been written, counted from 1. */
  | { kind: 'shift'; shift: number }
  /** So long after the execution's start. */
  | { kind: 'after'; ms: number }
  /** When the workflow enters this state for the first time. */
  | { kind: 'state'; state: string }
  /** At the N-th API call of the run, counted from 1; for a fault of one call, at the N-th such call. */
  | { kind: 'call'; call: number };

export type FaultAction =
  | { kind: 'alarm'; name: string | undefined }
  | { kind: 'scale'; desiredCount: number }
  /** Users send so many times what the world says. */
  | { kind: 'load'; factor: number }
  /**
   * What others do to the execution, its tasks, listeners and task sets, by its name in the catalogue
   * (world-faults.ts).
   */
  | { kind: 'world'; name: string }
  /** What an operator sends to the deployment. */
  | { kind: 'command'; command: CommandKind }
  /** Every call of the service (or of the operation) is answered with ThrottlingException for so long. */
  | { kind: 'throttle'; service: ApiService; operation: string | undefined; forMs: number }
  /** ECS does not see yet that a load balancer uses green's group: CreateTaskSet is refused for so long. */
  | { kind: 'unattached'; forMs: number }
  /** One call goes wrong. */
  | {
      kind: 'call';
      service: ApiService;
      operation: string;
      fault: CallFault;
    };

export type Fault = {
  /** As the user wrote it. */
  text: string;
  action: FaultAction;
  when: FaultWhen;
};
