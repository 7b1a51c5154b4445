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
        find: 'if (deps.readAlarms !== null && observesItself(last, deps.clock.nowMs())) {',
        replace: 'if (deps.readAlarms !== null && observesItself(last, 0) && false) {',
      },
    ],
    hunts: [{ base: 'rollback-slow' }],
  },
  {
    name: 'paused-unwatched',
    description: 'nobody reads the routes of a deployment that a person holds before its first shift',
    patches: [
      {
        file: 'functions/watch.ts',
        find: 'const why = moved ?? (',
        replace: 'const why = moved === null ? null : (',
      },
    ],
    hunts: [{ base: 'canary', fault: 'moved-while-paused', at: 'entering CheckGreen' }],
  },
  {
    name: 'nobody-counts-as-blue',
    description: 'a route whose weights are all 0 is taken for one that nobody moved',
    patches: [
      {
        file: 'core/weights/moved-early.ts',
        find: '!sameWeights(weights, ALL_BLUE)',
        replace: 'weights !== null && !sameWeights(weights, ALL_BLUE)',
      },
    ],
    hunts: [{ base: 'canary', fault: 'moved-while-paused', at: 'entering CheckGreen' }],
  },
  {
    name: 'testers-left-with-nobody',
    description: 'a test route whose weights are all 0 is taken for one that somebody else serves',
    patches: [
      {
        file: 'core/weights/test-route.ts',
        find: ' || forward.groups.every(({ weight }) => weight === 0);',
        replace: ';',
      },
    ],
    hunts: [{ base: 'tested', fault: 'foreign-weights:0/0', at: 'RetireBlue' }],
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
