import type { Mutant } from './mutant.types.ts';

/** What counts as healthy, and what is done about what does not. */
export const ofHealth: readonly Mutant[] = [
  {
    name: 'counters-taken-for-health',
    description: "a task that runs counts as a healthy target, whatever the load balancer's checks say",
    patches: [
      {
        file: 'core/health/group-health.ts',
        find: "const healthy = targets.filter((target) => target.state === 'healthy').length;",
        replace: 'const healthy = taskSet?.runningCount ?? 0;',
      },
      {
        file: 'core/health/green-readiness.ts',
        find: 'taskSet?.steady === true && enoughHealthy(health)',
        replace: 'enoughHealthy(health)',
      },
    ],
    hunts: [{ base: 'rollback-sick' }],
  },
  {
    name: 'one-target-is-enough',
    description:
      'computedDesiredCount is ignored: one healthy target of two may take everything (only the first target checked)',
    patches: [
      {
        file: 'core/health/group-health.ts',
        find: 'return { healthy, wanted, ...tasks, reasons };',
        replace: 'return { healthy, wanted: Math.min(1, wanted), ...tasks, reasons };',
      },
      {
        file: 'core/health/green-readiness.ts',
        find: 'taskSet?.steady === true && enoughHealthy(health)',
        replace: 'enoughHealthy(health)',
      },
      {
        file: 'core/health/green-health.ts',
        find: 'wanted: Math.max(health.wanted, asked.taskSet?.computedDesiredCount ?? 0)',
        replace: 'wanted: Math.min(1, health.wanted)',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'green-task-dies', at: 'CheckGreen' }],
  },
  {
    name: 'red-alarm-passes',
    description: 'an alarm in ALARM is read and taken for OK',
    patches: [
      {
        file: 'core/verdict/alarms.ts',
        find: "if (red.length > 0) return say('unhealthy'",
        replace: "if (red.length > 0) return say('healthy'",
      },
    ],
    hunts: [{ base: 'canary', fault: 'alarm' }],
  },
  {
    name: 'rollback-to-a-gone-blue',
    description: 'a rollback gives all traffic to a blue whose tasks are gone',
    patches: [
      {
        file: 'core/ending/roll-back.ts',
        find: 'if (plan.blue !== null && isGoing(blue)) return finishForward',
        replace: 'if (plan.blue !== null && isGoing(blue) && input.nowMs < 0) return finishForward',
      },
    ],
    hunts: [{ base: 'canary', fault: 'throttled', at: 'entering CheckRetired' }],
  },
  {
    name: 'rollback-to-a-sick-blue',
    description: 'all traffic goes back to a blue that carries only a part of it',
    patches: [
      {
        file: 'core/weights/placement.ts',
        find: 'const lo = ceil(100 * (1 - carry.blue));',
        replace: 'const lo = carry.blue > 0 ? 0 : 100;',
      },
      {
        file: 'functions/assert-carried.ts',
        find: 'if (refusal !== null) throw',
        replace: "if (refusal === 'nothing is asserted') throw",
      },
    ],
    hunts: [{ base: 'rollback-alarm', fault: 'blue-stays-short', at: 'Bake' }],
  },
  {
    name: 'unknown-is-healthy',
    description: 'what could not be read counts as healthy',
    patches: [
      {
        file: 'core/verdict/decide.ts',
        find: 'return tolerateUnknown(input, (fields) => decided({ ...fields, ...(drift && { drift }) }), reason);',
        replace: 'return advanceOrHold(input, decided, shift, order, readiness, reason);',
      },
      {
        file: 'functions/judge-health.ts',
        find: 'if (refusal !== null) throw new DeploymentError',
        replace: "if (refusal?.includes('found') === true) throw new DeploymentError",
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'throttled', at: 'DescribeAlarms by JudgeHealth' }],
  },
  {
    name: 'red-at-the-start-passes',
    description:
      'an alarm that is red before the first shift is ignored for the whole deployment, as native ECS does',
    patches: [
      {
        file: 'core/plan/preflight/alarms.ts',
        find: "case 'refuse':\n      return [\n        error(",
        replace: "case 'refuse':\n      return [\n        warning(",
      },
      {
        file: 'core/plan/plan.ts',
        find: "alarms.redAtStart.kind === 'refuse' ? [] : red",
        replace: 'red',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'alarm', at: 'AcquireLease' }],
  },
  {
    name: 'healthy-for-a-moment',
    description: 'the first observation that finds green whole is enough: healthyFor is ignored',
    patches: [
      {
        file: 'core/health/green-readiness.ts',
        find: 'healthyMs >= plan.healthyForMs',
        replace: 'healthyMs >= 0',
      },
    ],
    hunts: [{ base: 'grows' }],
  },
  {
    name: 'bake-not-waited-for',
    description: 'the next shift comes at once: a bake lasts no time',
    patches: [
      {
        file: 'core/verdict/end-of-bake.ts',
        find: 'const waitMs = nextObservationMs(shift.bakeMs, bakedMs);',
        replace: 'const waitMs = nextObservationMs(0, bakedMs);',
      },
    ],
    hunts: [{ base: 'canary' }],
  },
  {
    name: 'keep-blue-cut-short',
    description: 'green is promoted before the keep-blue window ends',
    patches: [
      {
        file: 'core/verdict/end-of-bake.ts',
        find: 'const waitMs = nextObservationMs(shift.bakeMs, bakedMs);',
        replace: 'const waitMs = shift.greenPct === 100 ? 0 : nextObservationMs(shift.bakeMs, bakedMs);',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'one-target-an-instance',
    description:
      'targets are distinguished by their instance alone, without the port that each task has there',
    patches: [
      {
        file: 'aws/targets.ts',
        find: 'return (answer.TargetHealthDescriptions ?? []).map(',
        replace:
          'return [...new Map((answer.TargetHealthDescriptions ?? []).map((one) => [one.Target?.Id, one])).values()].map(',
      },
    ],
    hunts: [{ base: 'instances' }],
  },
];
