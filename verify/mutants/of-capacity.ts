import type { Mutant } from './mutant.types.ts';

/** A green that grows with its weight: tasks first, of the count of now, and blue stays whole. */
export const ofCapacity: readonly Mutant[] = [
  {
    name: 'weight-before-capacity',
    description:
      'a shift does not wait for its tasks, which are on their way (Argo, with dynamicStableScale)',
    patches: [
      {
        file: 'core/verdict/growth-in-bake.ts',
        find: 'if (leftMs !== null && leftMs <= 0)',
        replace: 'if (leftMs === null || leftMs <= 0)',
      },
      {
        file: 'core/health/green-health.ts',
        find: 'Math.max(health.wanted, asked.taskSet?.computedDesiredCount ?? 0)',
        replace: 'Math.min(health.wanted, 1)',
      },
    ],
    hunts: [{ base: 'grows' }],
  },
  {
    name: 'capacity-of-the-plan',
    description: 'the tasks of a weight are counted from the desired count that the plan found',
    patches: [
      {
        file: 'core/health/green-health.ts',
        find: 'capacityFor({ capacity: plan.capacity, greenPct, desiredCount });',
        replace:
          'capacityFor({ capacity: plan.capacity, greenPct, desiredCount: plan.desiredCount || desiredCount });',
      },
      {
        file: 'core/health/green-health.ts',
        find: 'Math.max(health.wanted, asked.taskSet?.computedDesiredCount ?? 0)',
        replace: 'health.wanted',
      },
      {
        file: 'core/health/green-readiness.ts',
        find: 'taskSet?.steady === true && enoughHealthy(health)',
        replace: 'enoughHealthy(health)',
      },
    ],
    hunts: [{ base: 'grows' }],
  },
  {
    name: 'blue-shrinks-as-green-grows',
    description: "blue gives up tasks while green gets its own, as Argo's dynamicStableScale does",
    patches: [
      {
        file: 'functions/grow-green.ts',
        find: 'await taskSets.scaleTo(plan, green.id, percent);',
        replace:
          'await taskSets.scaleTo(plan, green.id, percent); if (percent < 100 || plan.blue !== null) ' +
          "await taskSets.scaleTo(plan, plan.blue?.id ?? '', 60);",
      },
    ],
    hunts: [{ base: 'grows' }],
  },
  {
    name: 'kept-users-get-no-tasks',
    description:
      'a small green keeps the users whom a short blue cannot take back, and gets no tasks for them',
    patches: [
      {
        file: 'functions/roll-back.ts',
        find: "if (decision.kind !== 'held' || green === null) return;",
        replace: 'if (decision !== null) return;',
      },
    ],
    hunts: [{ base: 'grows-rollback', fault: 'colours-die', at: 'RollBack' }],
  },
  {
    name: 'last-shift-at-its-share',
    description: 'green gets all users at the scale of the shift before, and is left so as the next blue',
    patches: [
      {
        file: 'core/capacity/capacity-for.ts',
        find: 'Math.min(100, hundredths(',
        replace: 'Math.min(90, hundredths(',
      },
      {
        file: 'core/verdict/growth-in-bake.ts',
        find: 'healthy >= Math.max(1, tasks, computedDesiredCount)',
        replace: 'healthy >= Math.max(1, computedDesiredCount)',
      },
      {
        file: 'core/health/green-health.ts',
        find: 'Math.max(health.wanted, asked.taskSet?.computedDesiredCount ?? 0)',
        replace: 'asked.taskSet?.computedDesiredCount ?? 0',
      },
    ],
    hunts: [{ base: 'grows' }],
  },
  {
    name: 'short-colour-never-left',
    description:
      'a colour that lacks tasks is taken for one whose count is late, as long as one of its targets is healthy',
    patches: [
      {
        file: 'core/weights/placement.ts',
        find: 'if (late.includes(losing))',
        replace: 'if (late.includes(losing) || carry[losing] > 0)',
      },
    ],
    hunts: [{ base: 'grows', fault: 'mostly-dies', at: 'entering Bake' }],
  },
];
