import { chunks } from '../../chunks.ts';
import { count } from '../../figures.ts';
import { seen } from '../../vocabulary/surroundings.types.ts';
import type { Check } from './check.types.ts';
import { warning } from './finding.ts';

/** As many tasks as one call takes (ECS API, UpdateTaskProtection). */
const TASKS_PER_CALL = 10;

/**
 * Tasks that protect themselves from scale-in are not stopped when blue is retired: ECS waits for them [fact 45,
 * 165].
 */
export const checkProtection: Check = ({ observed: { surroundings, service }, found: { primary } }) => {
  const protection = seen(surroundings?.protection);
  if (service === null || primary === null || protection === undefined || protection.protectedTasks === 0)
    return [];
  const until = protection.until === undefined ? '' : `, the last until ${protection.until}`;
  return [
    warning(
      'tasks-protected',
      `expected blue's tasks to be free to stop, found ${count(protection.protectedTasks, 'task')} of ` +
        `${protection.tasks} protected from scale-in${until}: ECS stops none of them until then, so blue ` +
        'cannot be retired',
      'Deploy when their work is done, or give it up by ending the protection.',
      chunks(protection.protectedIds, TASKS_PER_CALL).map(
        (tasks) =>
          `aws ecs update-task-protection --cluster ${service.cluster} --no-protection-enabled --tasks ` +
          `${tasks.join(' ')}`,
      ),
    ),
  ];
};
