import type { Mutant } from './mutant.types.ts';

/** What sees within a long bake that users are where nobody answers them. */
export const ofWatch: readonly Mutant[] = [
  {
    name: 'watch-reads-nothing',
    description: 'the watch comes and reads no deployment',
    patches: [
      {
        file: 'functions/watch.ts',
        find: 'const all = await deps.leases.held();',
        replace: 'const all = (await deps.leases.held()).slice(0, 0);',
      },
    ],
    hunts: [{ base: 'long-bake', fault: 'colours-die', at: 'entering Bake' }],
  },
  {
    name: 'watch-wakes-nobody',
    description: 'the watch sees that users have to move, and no bake is woken',
    patches: [
      {
        file: 'functions/watch.ts',
        find: 'if (noted && taskToken !== null) await executions.wake(taskToken, why);',
        replace: 'void noted;',
      },
    ],
    hunts: [{ base: 'long-bake', fault: 'colours-die', at: 'entering Bake' }],
  },
  {
    name: 'watch-wakes-for-nothing',
    description: 'the watch wakes every bake each minute, and the history of a long one ends too early',
    patches: [
      {
        file: 'functions/watch.ts',
        find: 'return news === null ? null : wake(news);',
        replace: "return wake(news ?? 'the watch has read it');",
      },
    ],
    hunts: [{ base: 'long-bake' }],
  },
  {
    name: 'watch-reads-beside',
    description: 'the watch reads each minute what a deployment that observes itself reads as well',
    patches: [
      {
        file: 'functions/watch.ts',
        find: 'if (deps.readAlarms !== null && observesItself(last, deps.clock.nowMs())) return null;',
        replace: 'void observesItself;',
      },
    ],
    hunts: [{ base: 'rollback-slow' }],
  },
  {
    name: 'watch-stands-in-line',
    description: 'in an account whose reads are used up the watch waits for its turn before the deployments',
    patches: [
      {
        file: 'functions/step.ts',
        find: "return namesTask(input) ? undefined : 'aside';",
        replace: "return namesTask(input) ? undefined : 'first';",
      },
    ],
    hunts: [{ base: 'long-bake', fault: 'scarce-reads', at: 'entering Bake' }],
  },
];
