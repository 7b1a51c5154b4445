import { callFaults } from './call-faults.ts';
import type { ProofFault } from './fault.types.ts';
import { lateFaults } from './late-faults.ts';
import { toldFaults } from './told-faults.ts';
import { worldFaults } from './world-faults.ts';

/** Everything that happens to a deployment, one at a time. */
export const proofFaults: readonly ProofFault[] = [
  ...callFaults,
  ...worldFaults,
  ...lateFaults,
  ...toldFaults,
];

export const faultNamed = (name: string): ProofFault | undefined =>
  proofFaults.find((fault) => fault.name === name);
