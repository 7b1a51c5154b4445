import type { Mutant } from './mutant.types.ts';

/** The state machine. */
export const ofWorkflow: readonly Mutant[] = [
  {
    name: 'failed-judgement-goes-on',
    description: 'when JudgeHealth fails the workflow promotes green instead of rolling back',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '          "Next": "RollBack"\n        }\n      ],\n      "Next": "WhatNext?"',
        replace: '          "Next": "PromoteGreen"\n        }\n      ],\n      "Next": "WhatNext?"',
      },
    ],
    hunts: [{ base: 'all-at-once', fault: 'throttled', at: 'entering JudgeHealth' }],
  },
  {
    name: 'one-death-unnamed',
    description: "RollBack does not retry one of Lambda's names for an invocation that died",
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"ResultPath": "$.rolledBack",\n      "Retry": [',
        // A retrier with no attempts, in front of the others, decides alone.
        replace:
          '"ResultPath": "$.rolledBack",\n      "Retry": [{ "ErrorEquals": ["Extension.Crash"], ' +
          '"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1, ' +
          '"JitterStrategy": "FULL" },',
      },
    ],
    hunts: [
      { base: 'rollback-alarm', fault: 'dies-before', at: 'by RollBack' },
      { base: 'rollback-alarm', fault: 'dies-after', at: 'by RollBack' },
    ],
  },
  {
    name: 'bake-ends-in-rollback',
    description: 'the end of a bake counts as an error',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"ErrorEquals": ["States.Timeout"],\n          "ResultPath": "$.wake",\n          "Next": "JudgeHealth"',
        replace:
          '"ErrorEquals": ["States.HeartbeatTimeout"],\n          "ResultPath": "$.wake",\n          ' +
          '"Next": "JudgeHealth"',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'retired-while-it-drains',
    description: 'a blue that drains counts as gone: the deployment ends, and its task set stays',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"Next": "WaitForRetirement"',
        replace: '"Next": "RecordOutcome"',
      },
    ],
    hunts: [{ base: 'all-at-once' }],
  },
  {
    name: 'rollback-ends-as-success',
    description: 'a deployment that rolled back ends as a success',
    patches: [
      {
        file: 'statemachine/deploy.asl.json',
        find: '"Next": "RolledBack"',
        replace: '"Next": "Succeeded"',
      },
    ],
    hunts: [{ base: 'rollback-sick' }],
  },
];
