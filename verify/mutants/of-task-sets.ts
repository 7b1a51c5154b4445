import type { Mutant } from './mutant.types.ts';

/** Launching green, and taking blue or green away. */
export const ofTaskSets: readonly Mutant[] = [
  {
    name: 'no-client-token',
    description: 'CreateTaskSet has no clientToken, so a retry makes a twin (PipeCD)',
    patches: [{ file: 'aws/task-sets.ts', find: '  clientToken: deploymentId,\n', replace: '' }],
    hunts: [{ base: 'all-at-once', fault: 'twice', at: 'CreateTaskSet' }],
  },
  {
    name: 'name-taken-for-identity',
    description: 'a deployment goes by its name alone, and takes whatever carries it for its own green',
    patches: [
      {
        file: 'core/deployment/deployment-id.ts',
        find: "[readable || 'deployment', unique]",
        replace: "[readable || 'deployment', ...(unique === '' ? [unique] : [])]",
      },
      {
        file: 'core/deployment/own-task-set.ts',
        find: ' && set.id !== plan.blue?.id && isAsPlanned(set, plan))\n',
        replace: ')\n',
      },
      {
        file: 'core/deployment/own-task-set.ts',
        find: 'taskSets.find(({ externalId }) => externalId === deploymentId);',
        replace: "taskSets.find(({ externalId }) => externalId === 'nobody' + deploymentId);",
      },
    ],
    hunts: [{ base: 'same-name' }],
  },
  {
    name: 'rival-not-seen',
    description: "a deployment continues beside another installation's, whose task set was there first",
    patches: [
      {
        file: 'core/deployment/rival.ts',
        find: 'if (rival === undefined) return null;',
        replace: 'if (rival === undefined || rival !== undefined) return null;',
      },
    ],
    hunts: [{ installations: 'two', apartSeconds: 0 }],
  },
  {
    name: 'rival-deprived',
    description: "a deployment that gives way to another installation's takes the routes from it",
    patches: [
      {
        file: 'core/deployment/rival.ts',
        find: "failure?.Error === 'ServiceBusy'",
        replace: "failure?.Error === 'ServiceBusier'",
      },
    ],
    hunts: [{ installations: 'two', apartSeconds: 0.2 }],
  },
  {
    name: 'first-not-promoted',
    description: 'a first deployment does not make its green PRIMARY',
    patches: [
      {
        file: 'functions/promote-green.ts',
        find: "if (green.status !== 'PRIMARY') {",
        replace: "if (green.status !== 'PRIMARY' && plan.blue !== null) {",
      },
    ],
    hunts: [{ base: 'first' }],
  },
  {
    name: 'launched-at-half-size',
    description: 'green is launched at 50 %',
    patches: [
      {
        file: 'functions/launch-green.ts',
        find: 'lease.deploymentId, launchPercent(plan));',
        replace: 'lease.deploymentId, launchPercent(plan) / 2);',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'blue-goes-unread',
    description: 'blue goes whatever the read-back of the routes shows',
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: 'if (!mayTurnBack && live.length === 0) return null;',
        replace: 'if (!mayTurnBack || live.length >= 0) return null;',
      },
    ],
    hunts: [{ base: 'canary', fault: 'foreign-weights', at: 'RetireBlue' }],
  },
  {
    name: 'blue-goes-before-traffic-left',
    description: 'blue is scaled down the moment green has everything, while the load balancer still follows',
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: 'if (waitSeconds === 0) return null;',
        replace: 'if (waitSeconds >= 0) return null;',
      },
    ],
    hunts: [{ seeds: { from: 43, count: 1 } }],
  },
  {
    name: 'blue-goes-from-a-sick-green',
    description: 'blue goes although green has lost a task since it was promoted',
    patches: [
      {
        file: 'core/ending/retirement.ts',
        find: 'if (!enoughHealthy(green.health)) {',
        replace: 'if (!enoughHealthy(green.health) && plan === null) {',
      },
      {
        file: 'core/ending/retirement.ts',
        find: 'if (mayJudge && blueIsBetter && !fitToServe(green.health)) {',
        replace: 'if (mayJudge && blueIsBetter && !fitToServe(green.health) && plan === null) {',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'green-stays-short', at: 'RetireBlue' }],
  },
  {
    name: 'green-goes-with-traffic',
    description: 'a decision to roll back removes green first and thinks of the weights later',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"StringEquals": "rollBack",\n          "Next": "RollBack"',
        replace: '"StringEquals": "rollBack",\n          "Next": "RemoveGreen"',
      },
      {
        file: 'functions/remove-green.ts',
        find: '  if (!theirs) await refuseIfGreenIsServed(plan, listener);\n',
        replace: '',
      },
      {
        file: 'functions/remove-green.ts',
        find: "if (!theirs && blue === undefined && next === 'scaleToZero')",
        replace: "if (blue === undefined && next === 'gone')",
      },
    ],
    hunts: [{ base: 'rollback-alarm' }],
  },
  {
    name: 'task-set-of-anybody',
    description:
      'a rollback removes the first task set that runs, no matter whose it is, and nothing asserts that it is its own',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: 'const green = ownTaskSet(service.taskSets, plan, lease.deploymentId);',
        replace: 'const green = service.taskSets.find((set) => set.scalePercent > 0) ?? null;',
      },
      {
        file: 'functions/assert-own-task-set.ts',
        find: 'if (refusal !== null) throw',
        replace: "if (refusal === '') throw",
      },
    ],
    hunts: [{ base: 'rollback-sick' }],
  },
  {
    name: 'primary-stays-with-green',
    description: 'a rollback after the promotion leaves PRIMARY where it is, and the service without one',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: '  if (blue !== undefined) {\n',
        replace: '  if (blue !== undefined && Number.isNaN(startedAtMs)) {\n',
      },
    ],
    hunts: [{ base: 'canary', fault: 'foreign-weights', at: 'RetireBlue' }],
  },
  {
    name: 'primary-written-for-ever',
    description: 'blue is made PRIMARY again on each visit, although it is, and green never goes',
    patches: [
      {
        file: 'functions/remove-green.ts',
        find: "set.id === plan.blue?.id && set.status === 'ACTIVE'",
        replace: 'set.id === plan.blue?.id',
      },
    ],
    hunts: [{ base: 'rollback-sick' }],
  },
  {
    name: 'removal-not-awaited',
    description: 'a task set that is on its way out counts as gone',
    patches: [
      {
        file: 'core/ending/removal.ts',
        find: "kind: kind === 'gone' ? 'removed'",
        replace: "kind: kind !== 'due' ? 'removed'",
      },
    ],
    hunts: [{ base: 'rollback-sick' }],
  },
];
