import type { Answer, Probe } from '../../aws/probe.ts';
import { DeploymentError, isDeploymentError } from '../../core/errors.ts';
import type { Settled } from './assumption.types.ts';
import type { AssumptionId } from './assumptions.ts';
import { refused, settled, unsettled } from './verdicts.ts';

type Made = { taskSet?: { id?: string | undefined } | undefined };

const idOf = (answer: Answer<Made>): string | undefined => (answer.ok ? answer.value.taskSet?.id : undefined);

/** With a caller's rights, which are not PromoteGreen's: whether a role is asked for shows only where it is refused. */
const withoutRole = (answer: Answer<unknown>): Settled => {
  if (answer.ok) return settled(true, 'accepted, with your rights');
  return /PassRole/.test(answer.refusal) ? settled(false, answer.refusal) : unsettled(answer.refusal);
};

export type Found = { id: AssumptionId; outcome: Settled };

/**
 * In a service of its own, of no tasks and behind no load balancer, which is deleted again whatever happens: nothing
 * serves from it and nothing is charged. Placed as the PRIMARY task set of `subject`, because a task definition wants
 * its network.
 */
export const checkByWriting = async (
  probe: Probe,
  subject: { cluster: string; service: string },
  scratchName: string,
  pause: () => Promise<void>,
): Promise<Found[]> => {
  const { taskSets = [] } = await probe.service(subject);
  const like = taskSets.find(({ status }) => status === 'PRIMARY');
  if (like === undefined) {
    const outcome = unsettled('the service has no PRIMARY task set to take a task definition from');
    return [{ id: 'lists-without-primary', outcome }];
  }
  const scratch = { cluster: subject.cluster, service: scratchName };
  await probe.createService(scratch.cluster, scratch.service);
  const made: string[] = [];
  try {
    const first = await probe.createTaskSet(scratch, like, scratchName, 'one');
    const id = idOf(first);
    if (id === undefined) {
      const outcome = unsettled(first.ok ? 'CreateTaskSet answered no id' : first.refusal);
      return [{ id: 'lists-without-primary', outcome }];
    }
    made.push(id);
    // Reads follow writes within seconds.
    await pause();
    const listed = (await probe.service(scratch)).taskSets ?? [];
    const again = await probe.createTaskSet(scratch, like, scratchName, 'one');
    const other = await probe.createTaskSet(scratch, like, scratchName, 'two');
    for (const twin of [idOf(again), idOf(other)]) {
      if (twin !== undefined && !made.includes(twin)) made.push(twin);
    }
    const primary = await probe.makePrimary(scratch, id);
    await pause();
    const kept = primary.ok ? await probe.deleteTaskSet(scratch, id, false) : null;
    return [
      {
        id: 'lists-without-primary',
        outcome: settled(listed.length > 0, `${listed.length} listed, none PRIMARY`),
      },
      {
        id: 'token-makes-no-twin',
        outcome: again.ok
          ? settled(idOf(again) === id, `${id}, then ${idOf(again)}`)
          : unsettled(again.refusal),
      },
      { id: 'token-is-for-one-input', outcome: refused(other) },
      { id: 'primary-needs-no-role', outcome: withoutRole(primary) },
      { id: 'primary-is-kept', outcome: kept === null ? unsettled('none was PRIMARY') : refused(kept) },
    ];
  } finally {
    await cleanUp(probe, scratch, made);
  }
};

/** Whatever is left is said with the command that removes it. */
const cleanUp = async (
  probe: Probe,
  scratch: { cluster: string; service: string },
  taskSets: readonly string[],
): Promise<void> => {
  try {
    for (const taskSet of taskSets) await probe.deleteTaskSet(scratch, taskSet, true);
    await probe.deleteService(scratch.cluster, scratch.service);
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    const { cluster, service } = scratch;
    throw new DeploymentError(
      error.name,
      `${error.message} Remove the service that this command made: aws ecs delete-service --cluster ` +
        `${cluster} --service ${service} --force`,
      { cause: error.cause },
    );
  }
};
