import { MINUTE_MS } from '../clock.ts';

/** List prices of Fargate, Linux on x86 in us-east-1, dollars an hour; aws.amazon.com/fargate/pricing. */
const VCPU_HOUR = 0.04048;
const GB_HOUR = 0.004445;

const UNITS_OF_A_VCPU = 1024;
const MIB_OF_A_GB = 1024;

/** From CreateTaskSet until all targets are healthy, as a rule. */
const START_MS = 3 * MINUTE_MS;

/** Dollars an hour for so many tasks; null when their size is not known, or they run on instances. */
export const hourlyCost = (
  tasks: number,
  size: { cpuUnits: number | null; memoryMib: number | null; fargate: boolean },
): number | null => {
  const { cpuUnits, memoryMib, fargate } = size;
  if (!fargate || cpuUnits === null || memoryMib === null) return null;
  return tasks * ((cpuUnits / UNITS_OF_A_VCPU) * VCPU_HOUR + (memoryMib / MIB_OF_A_GB) * GB_HOUR);
};

/** Milliseconds that the way takes, without the last command. */
export const wayMs = (shares: readonly number[], bakeMs: number): number => START_MS + shares.length * bakeMs;
