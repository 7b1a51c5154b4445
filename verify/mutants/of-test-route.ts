import type { Mutant } from './mutant.types.ts';

/** What is done with the route of testers. */
export const ofTestRoute: readonly Mutant[] = [
  {
    name: 'test-route-left-open',
    description: 'the first users come to green while testers still do: their figures are mixed',
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: 'if (test !== null && test.to.green === 0)\n',
        replace: 'if (plan.test === undefined && test !== null)\n',
      },
    ],
    hunts: [{ base: 'tested' }],
  },
  {
    name: 'test-route-forgotten-on-the-way-back',
    description: 'green is emptied while testers still reach it',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: "const test = await handOverTestRoute({ lease, plan, leaving: 'green', startedAtMs }, deps);",
        replace:
          'const test: { kind: string; reason: string } | null = startedAtMs < 0 ? { kind: "", reason: "" } : null;',
      },
    ],
    hunts: [{ base: 'tested', fault: 'aborted' }],
  },
  {
    name: 'test-route-stays-with-blue',
    description: 'blue is retired while the test route still forwards to it',
    patches: [
      {
        file: 'core/weights/test-route.ts',
        find: 'isTest(plan, position) || plan.shifts[position]?.greenPct === 100',
        replace: 'isTest(plan, position)',
      },
      {
        file: 'functions/retire-blue.ts',
        find: "if (kind !== 'evict' && (kind !== 'remove' ||",
        replace: "if (kind !== 'short' || (kind !== 'remove' ||",
      },
    ],
    hunts: [{ base: 'tested' }],
  },
  {
    name: 'void-test-passes',
    description: 'what was tried while the test route led to blue counts as a test of green',
    patches: [
      {
        file: 'core/verdict/judge.ts',
        find: "verdict: open ? 'unhealthy' : 'healthy',",
        replace: "verdict: 'healthy',",
      },
    ],
    hunts: [{ base: 'tested', fault: 'foreign-weights', at: 'Bake' }],
  },
];
