import type { Mutant } from './mutant.types.ts';

/** How a deployment ends, what it leaves, and what it says of it. */
export const ofEnds: readonly Mutant[] = [
  {
    name: 'closed-record-waited-for',
    description:
      'RetireBlue takes a record that somebody closed for one that a command came to, and reads it again and again',
    patches: [
      {
        file: 'functions/retire-blue.ts',
        find: 'if (now !== null && now.outcome === null && now.lastCommandId !== stored.lastCommandId) return false;',
        replace: 'if (now !== null) return false;',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'closed-by-hand', at: 'entering RetireBlue' }],
  },
  {
    name: 'deleted-service-waited-for',
    description: 'a service that somebody deleted is waited for, with the lease held, as if it came back',
    patches: [
      {
        file: 'core/ending/finish-forward.ts',
        find: '    if (isNobodyLeft(input)) return restored(input, NOBODY_LEFT, { nothingServes: true });\n',
        replace: '',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'foreign-delete:service', at: 'entering JudgeHealth' }],
  },
  {
    name: 'settles-after-shifts-only',
    description: 'blue goes while the load balancer still sends it what users got from it beside the plan',
    patches: [
      {
        file: 'functions/retire-blue.ts',
        find: 'stored?.placement?.carried?.writtenAtMs ?? 0',
        replace: '0',
      },
    ],
    hunts: [{ base: 'network', fault: 'green-task-dies', at: 'by Watch' }],
  },
  {
    name: 'blue-evicted-while-baking',
    description: "the shift to 100 % takes blue's group out of a sticky action: nobody can go back to it",
    patches: [
      {
        file: 'functions/shift-traffic.ts',
        find: 'const evictLoser = strands(plan, route);',
        replace: 'const evictLoser = true;',
      },
    ],
    hunts: [{ base: 'sticky' }],
  },
  {
    name: 'plan-not-saved',
    description:
      'the first write comes before the plan is in the record: a recovery would not know what to undo',
    patches: [
      {
        file: 'functions/plan-deployment.ts',
        find: '  await deps.record.savePlan(lease, planned.plan);\n',
        replace: '',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'scaling-stays-suspended',
    description: 'what scales the service stays as the deployment set it',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: 'if (!suspends(suspended) ||',
        replace: 'if (suspends(suspended) ||',
      },
    ],
    hunts: [{ base: 'autoscaled' }],
  },
  {
    name: 'scaling-of-others-overwritten',
    description: 'what scales the service is made as it was found, whatever somebody else made of it since',
    patches: [
      {
        file: 'core/scaling/restoration.ts',
        find: 'if (sameSuspended(found, set)) return',
        replace: 'if (set) return',
      },
    ],
    hunts: [{ base: 'autoscaled', fault: 'foreign-scaling', at: 'JudgeHealth' }],
  },
  {
    name: 'label-makes-it-own',
    description: "without a green of its own a deployment takes somebody's task set with its id for it",
    patches: [
      {
        file: 'core/deployment/own-task-set.ts',
        find: ' && isAsPlanned(set, plan))\n',
        replace: ')\n',
      },
    ],
    hunts: [{ base: 'rollback-sick', fault: 'foreign-twin', at: 'by PlanDeployment' }],
  },
  {
    name: 'youngest-removed',
    description:
      'a rollback removes the youngest task set, no matter whose it is, and nothing asserts that it is its own',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: 'const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);',
        replace: 'const green = service.taskSets.filter((set) => set.id !== plan.blue?.id).at(-1) ?? null;',
      },
      {
        file: 'functions/assert-own-task-set.ts',
        find: 'if (refusal !== null) throw',
        replace: "if (refusal === '') throw",
      },
    ],
    hunts: [{ base: 'rollback-sick', fault: 'foreign-ecs', at: 'by CheckGreen' }],
  },
  {
    name: 'routes-unseen-while-green-goes',
    description: 'what the routes show while green is removed, and at the end, is not judged',
    patches: [
      {
        file: 'functions/refuse-if-served.ts',
        find: 'if (reason !== null)',
        replace: "if (reason === '')",
      },
    ],
    hunts: [{ base: 'rollback-slow', fault: 'foreign-writes', at: 'WaitForRemoval' }],
  },
  {
    name: 'first-ends-unread',
    description: 'a first deployment ends whatever the read-back of the routes shows',
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: 'if (!mayTurnBack && live.length === 0) return null;',
        replace: 'if (live.length >= 0) return null;',
      },
    ],
    hunts: [{ base: 'first', fault: 'foreign-weights', at: 'RetireBlue' }],
  },
  {
    name: 'retirement-not-awaited',
    description: 'a blue that is on its way out counts as gone: the end leaves it behind',
    patches: [
      {
        file: 'core/ending/removal.ts',
        find: "kind: kind === 'gone' ? 'retired'",
        replace: "kind: kind !== 'due' ? 'retired'",
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'abort-ignored-by-retirement',
    description: 'RetireBlue does not read the commands, and nothing closes the record to them',
    patches: [
      {
        file: 'functions/retire-blue.ts',
        find: 'standingOrder(stored?.commands ?? [], deps.clock.nowMs());',
        replace: 'standingOrder([], deps.clock.nowMs());',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'aborted', at: 'RetireBlue' }],
  },
  {
    name: 'refusal-not-recorded',
    description:
      'a refused deployment leaves its record open, and seems to run for as long as records are kept',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: 'const closed = opened && ended ?',
        replace: "const closed = opened && ended && outcome.kind !== 'refused' ?",
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'alarm', at: 'AcquireLease' }],
  },
  {
    name: 'end-kept-again',
    description:
      'a repeat of the last step does not search for the end that it wrote: the history has it twice',
    patches: [
      {
        file: 'aws/ends.ts',
        find: 'if (endIn(stored)?.deploymentId === deploymentId)',
        replace: "if (deploymentId === '')",
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'dies-after', at: 'by RecordOutcome' }],
  },
  {
    name: 'refusal-called-rollback',
    description: 'a deployment that changed nothing is recorded as rolled back',
    patches: [
      {
        file: 'functions/record-outcome.ts',
        find: 'await record.close(holding, outcome) : outcome;',
        replace:
          "await record.close(holding, outcome.kind === 'refused' ? { ...outcome, kind: 'rolledBack' } " +
          ': outcome) : outcome;',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'alarm', at: 'AcquireLease' }],
  },
  {
    name: 'approval-not-waited-for',
    description: 'the next shift comes although nobody has approved this one',
    patches: [
      {
        file: 'core/verdict/when-healthy.ts',
        find: '&& approval === null) {',
        replace: '&& approval === null && nowMs < 0) {',
      },
    ],
    hunts: [{ seeds: { from: 0, count: 40 } }],
  },
  {
    name: 'unlabelled',
    description: 'green is created without the id of its deployment, so that no rollback finds it',
    patches: [{ file: 'aws/task-sets.ts', find: '  externalId: deploymentId,\n', replace: '' }],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'twin-without-a-name',
    description:
      'green is launched twice, and the second task set carries no deployment that anybody removes',
    patches: [
      {
        file: 'functions/launch-green.ts',
        find: 'const created = await',
        replace:
          "await taskSets.create(plan, plan.green, 'nobody', launchPercent(plan)); const created = await",
      },
    ],
    hunts: [{ base: 'autoscaled-rollback' }],
  },
  {
    name: 'first-keeps-its-routes',
    description: 'a first deployment that goes back leaves its routes as they are',
    patches: [
      {
        file: 'core/ending/restored-routes.ts',
        find: 'if (plan.blue === null) return withWeights(forward, route.original.groups);',
        replace: 'if (plan.blue === null) return forward.groups;',
      },
    ],
    hunts: [{ base: 'first', fault: 'aborted' }],
  },
  {
    name: 'rollback-called-refusal',
    description: 'what was rolled back is recorded as if nothing had been touched',
    patches: [
      {
        file: 'core/ending/outcome.ts',
        find: "return { kind: 'rolledBack', reason, endedAtMs: nowMs, ...(aborted && { aborted }) };",
        replace: "return { kind: 'refused', reason, endedAtMs: nowMs, ...(aborted && { aborted }) };",
      },
    ],
    hunts: [{ base: 'rollback-sticky' }],
  },
];
