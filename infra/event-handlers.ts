import { Duration, aws_events as events } from 'aws-cdk-lib';
import { commandKinds } from '../core/vocabulary/command.types.ts';
import { type EventPattern, eventRules } from '../statemachine/event-rules.ts';
import type { Permission } from './narrowest.ts';

/** A Lambda beside the workflow: started by events, by the clock, or called by a person's command line. */
export type EventHandler = {
  name: string;
  /** The file in functions/ that is bundled, without its extension. */
  file: string;
  /** Which export of it is called; absent: `handler`. */
  exported?: string;
  /** One sentence, for the Lambda's and its role's description. */
  description: string;
  /** What starts it. Without either of the two it is only ever called. */
  pattern?: (stateMachineArn: string) => events.EventPattern;
  schedule?: events.Schedule;
  /** Aliases by which it may be invoked, each a resource of its own to IAM. */
  aliases?: readonly string[];
  /** What it may do, as in narrowest.ts. */
  permissions: readonly Permission[];
};

/** The rule's pattern as the CDK spells it. */
const patternOf =
  (rule: { pattern: (stateMachineArn: string) => EventPattern }) =>
  (stateMachineArn: string): events.EventPattern => {
    const { source, 'detail-type': detailType, detail } = rule.pattern(stateMachineArn);
    return { source, detailType, detail };
  };

const wake = [
  'dynamodb:GetItem@records',
  'dynamodb:Query@records',
  'dynamodb:UpdateItem@records',
  'states:SendTaskSuccess',
] as const;

/**
 * One entry makes the Lambda and its role; with a pattern or a schedule also its rules with retries and
 * dead-letter queue, its failure destination, and the alarms on both.
 */
export const eventHandlers: readonly EventHandler[] = [
  {
    name: 'OnAlarm',
    file: 'on-alarm',
    description: 'Wakes the deployments that watch an alarm.',
    pattern: patternOf(eventRules.OnAlarm),
    permissions: ['dynamodb:Query@leases', ...wake],
  },
  {
    name: 'Sweep',
    file: 'sweep',
    description: 'Recovers deployments whose execution ended half-way.',
    pattern: patternOf(eventRules.Sweep),
    schedule: events.Schedule.rate(Duration.millis(eventRules.Sweep.everyMs)),
    permissions: [
      'dynamodb:Query@leases',
      'dynamodb:GetItem@leases',
      'dynamodb:UpdateItem@leases',
      'states:DescribeExecution',
      'states:StartExecution',
      // A signal that came after the last recovery: it does not wait for its turn.
      'dynamodb:GetItem@records',
      'dynamodb:Query@records',
    ],
  },
  {
    name: 'Watch',
    file: 'watch',
    description: 'Wakes a deployment whose users nobody answers, or whose metrics say something new.',
    pattern: patternOf(eventRules.Watch),
    schedule: events.Schedule.rate(Duration.millis(eventRules.Watch.everyMs)),
    permissions: [
      'dynamodb:Query@leases',
      'ecs:DescribeServices',
      'elasticloadbalancing:DescribeTargetHealth',
      // Where the users of a rollback are, and whether somebody else wrote during a bake.
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      // A red alarm whose event was lost.
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'dynamodb:PutItem@records',
      ...wake,
    ],
  },
  {
    name: 'WatchMoves',
    // A bundle of its own would be the same clients once more, a tenth of a megabyte.
    file: 'watch',
    exported: 'movesHandler',
    description:
      'Moves users of a move between controllers whose command is silent to the service that is well.',
    schedule: events.Schedule.rate(Duration.millis(eventRules.WatchMoves.everyMs)),
    permissions: [
      'dynamodb:Query@moves',
      'dynamodb:UpdateItem@moves',
      // A deployment that holds one of the two services has the word.
      'dynamodb:GetItem@leases',
      'ecs:DescribeServices',
      'elasticloadbalancing:DescribeTargetHealth',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:ModifyListener',
      'elasticloadbalancing:ModifyRule',
      'cloudwatch:DescribeAlarms',
    ],
  },
  {
    name: 'AnalysisHook',
    file: 'analysis-hook',
    description: 'Judges deployments that ECS makes itself, as their lifecycle hook.',
    permissions: [
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServiceRevisions',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetGroupAttributes',
      'cloudwatch:GetMetricData',
      'dynamodb:GetItem@native',
      'dynamodb:PutItem@native',
    ],
  },
  {
    name: 'HookAnswer',
    file: 'hook-answer',
    description: "Reads what a hook's function answered, for the state machine of hooks.",
    permissions: [...wake, 'events:PutEvents@hooks'],
  },
  {
    name: 'Command',
    file: 'command',
    description: "Takes an operator's command to the running deployment.",
    // Who may abort need not be the one who may approve.
    aliases: commandKinds,
    // Whether the execution still runs, or a recovery is due.
    permissions: ['dynamodb:GetItem@leases', 'dynamodb:PutItem@records', 'states:DescribeExecution', ...wake],
  },
];
