import type { Mutant } from './mutant.types.ts';

/** A blue that is another service as a whole. */
export const ofTakeovers: readonly Mutant[] = [
  {
    name: 'old-service-retired',
    description: 'RetireBlue tries to remove the blue of another service as if it were a task set of its own',
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: '  if (isTakenOver(plan))\n    return',
        replace: '  if (isTakenOver(plan) && first)\n    return',
      },
    ],
    hunts: [{ base: 'takes-over' }],
  },
  {
    name: 'old-service-unseen',
    description: 'a rollback does not count the tasks of the other service, and never goes back to it',
    patches: [
      {
        file: 'core/weights/taken-over.ts',
        find: 'taskSets: [...service.taskSets, whole],',
        replace: 'taskSets: [...service.taskSets, whole].slice(0, service.taskSets.length),',
      },
    ],
    hunts: [{ base: 'takes-over-back' }],
  },
  {
    name: 'old-service-made-primary',
    description: 'the way back makes the other service the PRIMARY task set of the one that is deployed',
    patches: [
      {
        file: 'aws/whole-service.ts',
        find: "service.status === 'ACTIVE' ? 'PRIMARY'",
        replace: "service.status === 'ACTIVE' ? 'ACTIVE'",
      },
    ],
    hunts: [{ base: 'takes-over-back' }],
  },
];
