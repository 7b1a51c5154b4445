import type { CallFault } from '../../sim/kernel/call.types.ts';

type CallFaultRow = {
  /** What becomes of the call, for a timeline. */
  description: string;
  /** How `--inject` names it for one call, as in `lost:SERVICE:Operation`; null: not for one call, or not at all. */
  inject: string | null;
};

/** The catalogue of what can become of an AWS call: a row for each, in the order that the soak's seeds draw from. */
export const callFaults = {
  throttle: { description: 'is answered with ThrottlingException', inject: null },
  lost: { description: 'is done, but its answer is lost', inject: 'lost' },
  unsent: { description: 'never arrives', inject: 'unsent' },
  serverError: { description: 'is answered with HTTP 500', inject: 'server-error' },
  denied: { description: 'is not allowed', inject: null },
  unattached: { description: 'is refused: ECS sees no load balancer of the target group', inject: null },
  twice: { description: 'is done twice, as by a retry in the network', inject: 'twice' },
  dieBefore: { description: 'never arrives: its process dies', inject: null },
  silent: { description: 'is done and never answered: its Lambda runs out of time', inject: 'silent' },
  dieAfter: { description: 'is done, and its process dies before the answer', inject: null },
} as const satisfies Record<CallFault, CallFaultRow>;

/** By the name that `--inject` has for it. */
export const callFaultNamed = (name: string): CallFault | undefined =>
  callFaultNames.find((fault) => callFaults[fault].inject === name);

export const callFaultNames = Object.keys(callFaults) as (keyof typeof callFaults)[];
