import { callFaults, lastingCallFaults } from './call-faults.ts';
import { driftFaults } from './drift-faults.ts';
import type { ProofFault } from './fault.types.ts';
import { heldFaults } from './held-faults.ts';
import { hookFaults } from './hook-faults.ts';
import { lateFaults } from './late-faults.ts';
import { metricFaults } from './metric-faults.ts';
import { neighbourFaults } from './neighbour-faults.ts';
import { scarceReads } from './scarce-reads.ts';
import { signalFaults } from './signal-faults.ts';
import { foreignHands, lastingFaults, momentaryWorldFaults, variants } from './world-faults.ts';

/** What strikes at one moment. */
export const momentaryFaults: readonly ProofFault[] = [...callFaults, ...momentaryWorldFaults];

/** Everything that happens to a deployment, one at a time. */
export const proofFaults: readonly ProofFault[] = [
  ...momentaryFaults,
  ...lastingCallFaults,
  ...lastingFaults,
  ...lateFaults,
  ...metricFaults,
  ...signalFaults,
  ...foreignHands,
  ...hookFaults,
  ...neighbourFaults,
  ...driftFaults,
  ...heldFaults,
  scarceReads,
];

export const faultNamed = (name: string): ProofFault | undefined =>
  [...proofFaults, ...variants].find((fault) => fault.name === name);
