import type { Clients } from '../../aws/clients.ts';
import type { World } from '../../sim/world.ts';
import type { Host } from '../account/host.types.ts';

/** The command's host in a simulated account: its clock and its chance, and nobody who interrupts. */
export const simulatedHost = ({ kernel }: World, clients: Clients): Host => {
  const random = kernel.random.fork('move');
  return {
    clock: kernel.scheduler.clock,
    random: () => random.next(),
    interruption: () => new AbortController().signal,
    clients: () => clients,
  };
};
