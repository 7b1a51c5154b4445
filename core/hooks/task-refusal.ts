/** A RunTask that started nothing: `again` when it may succeed later. */
export type TaskRefusal = { reason: string; again: boolean };

/** ECS answers `RESOURCE:MEMORY` and the like, or a sentence of its own (ECS guide, API failures messages). */
const described = (reason: string): TaskRefusal => {
  const [, resource] = /^RESOURCE:(.*)/.exec(reason) ?? [];
  if (resource !== undefined)
    return { reason: `no container instance has enough ${resource.toLowerCase()} left`, again: true };
  if (reason.startsWith('AGENT'))
    return { reason: 'the agents of the container instances are not connected', again: true };
  if (reason.startsWith('ATTRIBUTE'))
    return { reason: 'no container instance has what the task definition asks for', again: false };
  return { reason, again: /capacity/i.test(reason) };
};

/** Of the `failures` of an answer that started no task. */
export const refusalOf = (
  failures: readonly { reason?: string | undefined; detail?: string | undefined }[],
): TaskRefusal => {
  const [first] = failures;
  if (first === undefined) return { reason: 'ECS started no task and gave no reason', again: true };
  const { reason = 'no reason', detail } = first;
  const { reason: sentence, again } = described(reason);
  const more = [reason === sentence ? undefined : reason, detail].filter((part) => part !== undefined);
  return {
    reason: `ECS started no task: ${sentence}${more.length === 0 ? '' : ` (${more.join(': ')})`}`,
    again,
  };
};
