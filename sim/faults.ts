/** Faults that `--inject` brings into a rehearsal: reading them, checking them, and making them happen. */
export { armFaults, type FaultHooks } from './faults/arm-faults.ts';
export { type FaultContext, faultProblems } from './faults/check-faults.ts';
export type { Fault, FaultAction, FaultWhen } from './faults/fault.types.ts';
export { faultHelp, type ParsedFault, parseFault, whenHelp } from './faults/parse-fault.ts';
