import type { Mutant } from './mutant.types.ts';

/** What hooks hold back, how often each runs, and what is left of it. */
export const ofHooks: readonly Mutant[] = [
  {
    name: 'held-users-forsaken',
    description:
      'a deployment that a hook holds before its first shift leaves its users on a blue that has died',
    patches: [
      {
        file: 'core/weights/forsaken.ts',
        find: 'return isGone && green.healthy > 0',
        replace: 'return isGone && green.healthy < 0',
      },
    ],
    hunts: [{ base: 'held', fault: 'colours-die' }],
  },
  {
    name: 'hook-left-running',
    description: 'a deployment that finds no blue to go back to ends while a hook still runs',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: "const run = kind === 'succeeded' && runs.some(({ result }) => result === null);",
        replace: "const run = kind === 'succeeded' && runs.length < 0;",
      },
    ],
    hunts: [{ base: 'held', fault: 'foreign-ecs' }],
  },
  {
    name: 'refused-hook-passes',
    description: 'a hook that answered FAILED lets the deployment continue (argo-rollouts#3562)',
    patches: [
      {
        file: 'core/hooks/gate.ts',
        find: "if (result?.status === 'FAILED') return onFailure === 'continue';",
        replace: "if (result?.status === 'FAILED') return onFailure !== 'continue';",
      },
    ],
    hunts: [{ base: 'hooked-rollback' }],
  },
  {
    name: 'late-answer-counts',
    description:
      'the last answer counts, not the first: a hook that succeeds after its timeout has succeeded',
    patches: [
      {
        file: 'aws/hook-runs.ts',
        find: " AND attribute_not_exists(resultJson)',\n          ExpressionAttributeValues: { ':result'",
        replace: "',\n          ExpressionAttributeValues: { ':result'",
      },
    ],
    hunts: [{ base: 'hooked', fault: 'dies-after', at: 'UpdateItem by HookAnswer' }],
  },
  {
    name: 'hooks-before-users',
    description: 'hooks are ended before users are back with blue, who wait for them',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"StringEquals": "rollBack",\n          "Next": "RollBack"',
        replace: '"StringEquals": "rollBack",\n          "Next": "EndHooks"',
      },
      // It reads where users are, and would send them back first.
      {
        file: 'functions/end-hooks.ts',
        find: 'if (!forward) await refuseMovedUsers(state, given.listener);',
        replace: '',
      },
    ],
    hunts: [{ base: 'hooked-rollback' }],
  },
  {
    name: 'hook-runs-twice',
    description: 'a run is started again while it is under way: a migration runs twice',
    patches: [
      {
        file: 'aws/hook-executions.ts',
        find: '        name: runId,\n',
        replace: '        name: runId.slice(0, 30) + (call.clock.nowMs() % 1_000_000),\n',
      },
    ],
    hunts: [{ base: 'hooked', fault: 'twice', at: 'RunHooks' }],
  },
  {
    name: 'cancelled-hook-runs',
    description: 'a run that is cancelled is kept as such, and its execution runs on',
    patches: [
      {
        file: 'functions/end-hooks.ts',
        find: "if (run.kind === 'lambda') await deps.hookExecutions.stop(run.runId, reason);",
        replace: '',
      },
    ],
    hunts: [{ base: 'hooked', fault: 'hooks-hang', at: 'AttachGreen' }],
  },
  {
    name: 'hook-moves-users',
    description: 'green becomes PRIMARY although a hook moved users away from it',
    patches: [
      {
        file: 'core/verdict/judge.ts',
        find: 'if (off.length > late.length) {',
        replace: 'if (off.length > late.length && off.length > plan.routes.length) {',
      },
      {
        file: 'functions/promote-green.ts',
        find: 'if (!sameWeights(weights, ALL_GREEN)) {',
        replace: 'if (weights === null) {',
      },
    ],
    hunts: [{ base: 'hooked', fault: 'hook-writes-weights', at: 'entering JudgeHealth' }],
  },
  {
    name: 'hooks-forgotten',
    description: 'a rollback ends without a result of the hook that hung (argo-rollouts#2158)',
    patches: [
      {
        file: 'functions/end-hooks.ts',
        find: 'const left = await cancel(running, state, deps);',
        replace: 'const left = await cancel(running.slice(0, 0), state, deps);',
      },
    ],
    hunts: [{ base: 'hooked', fault: 'hooks-hang', at: 'AttachGreen' }],
  },
  {
    name: 'one-undo-ends-the-others',
    description: 'one hook of ROLLBACK that fails ends the deployment while the others still run',
    patches: [
      {
        file: 'core/hooks/gate.ts',
        find: ' || stage === AFTER_ROLLBACK.stage) return true;',
        replace: ' || stage.length === 0) return true;',
      },
    ],
    hunts: [{ base: 'hooked-rollback' }],
  },
  {
    name: 'hooks-before-moved-users',
    description:
      'nobody reads the routes while the hooks of a rollback run: users moved to no green stay there',
    patches: [
      {
        file: 'functions/end-hooks.ts',
        find: 'if (!forward) await refuseMovedUsers(state, given.listener);',
        replace: '',
      },
    ],
    hunts: [{ base: 'hooked-rollback', fault: 'foreign-writes', at: 'entering EndHooks' }],
  },
];
