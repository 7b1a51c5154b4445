import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { SECOND_MS } from '../../core/clock.ts';
import { CLUSTER, DESIRED_COUNT } from '../stage/small-names.ts';
import type { MovedAccount } from './moved-account.ts';

/** Somebody, or something, takes the service's tasks again and again; the returned function ends it. */
export const keptAt = ({ world }: MovedAccount, service: string, tasks: number): (() => void) => {
  const { scheduler } = world.kernel;
  let over = false;
  const again = (): void => {
    const desiredCount = over ? DESIRED_COUNT : tasks;
    const command = new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount });
    // Of a service that is being deleted nothing is left to take.
    world.ecs.client.send(command).catch(() => undefined);
    if (!over) scheduler.after(5 * SECOND_MS, again);
  };
  again();
  return () => {
    over = true;
  };
};
