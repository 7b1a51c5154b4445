import type { Mutant } from './mutant.types.ts';

/** What is done with the route of testers. */
export const ofTestRoute: readonly Mutant[] = [
  {
    name: 'test-route-left-open',
    description: 'the first users come to green while testers still do: their figures are mixed',
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: 'if (test !== null && closes)\n',
        replace: 'if (plan.test === undefined && test !== null)\n',
      },
    ],
    hunts: [{ base: 'tested' }],
  },
  {
    name: 'test-route-open-as-all-come',
    description: 'where green gets everything at once testers stay on it meanwhile: it is where they will be',
    patches: [
      {
        file: 'functions/test-route.ts',
        find: 'before === weights.green && !closes ? null',
        replace: 'before === weights.green ? null',
      },
    ],
    hunts: [{ base: 'first-tested' }],
  },
  {
    name: 'test-route-follows-too-early',
    description: 'testers return to green while some of its users are still with blue',
    patches: [
      {
        file: 'core/weights/test-route.ts',
        find: 'plan.shifts[position]?.greenPct === 100',
        replace: '(plan.shifts[position]?.greenPct ?? 0) > 0',
      },
    ],
    hunts: [{ base: 'tested' }],
  },
  {
    name: 'first-is-not-tried',
    description: 'a first deployment leaves the test route alone: nobody tries its green before its users',
    patches: [
      {
        file: 'core/plan/plan.ts',
        find: 'const test = plannedTest(observed, request, found);',
        replace: 'const test = found.primary === null ? {} : plannedTest(observed, request, found);',
      },
    ],
    hunts: [{ base: 'first-tested' }],
  },
  {
    name: 'test-route-forgotten-on-the-way-back',
    description: 'green is emptied while testers still reach it',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: "const test = theirs ? null : await handOverTestRoute({ lease, plan, leaving: 'green', startedAtMs }, deps);",
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
        find: "if (!['evict', 'remove', 'end'].includes(kind))",
        replace: "if (kind !== 'short')",
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
