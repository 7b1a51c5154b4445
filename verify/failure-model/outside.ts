import { formatDuration } from '../../core/duration.ts';
import { THROTTLED_TOLERANCE_MS, UNKNOWN_TOLERANCE_MS } from '../../core/pace.ts';
import type { outsidePlays } from './outside-plays.ts';

type PlayName = keyof typeof outsidePlays;

/** A failure around the workflow: its effect, what is left behind, what a person does. */
type Outside = {
  title: string;
  effect: string;
  left: string;
  person: string;
  /** Rehearsals that show it, with what was struck. None: it is reasoned, not shown, and the page marks it. */
  plays: readonly { play: PlayName; description: string }[];
  /** What the rehearsals do not show. */
  notShown?: string;
};

export const outside: readonly Outside[] = [
  {
    title: 'An alarm event is lost, late or doubled',
    effect:
      'The deployment finds the red alarm at its next observation. Often the watch is earlier: it reads the alarms ' +
      'of all deployments once a minute and wakes the deployment up. A doubled event is one signal.',
    left: 'Users on the bad version for up to a minute longer.',
    person: 'Nothing. The alarm OnAlarmLostEvents reports it: [runbook](../runbook.md#onalarmlostevents).',
    plays: [
      { play: 'alarm event lost', description: 'no event ever arrives' },
      { play: 'alarm event late', description: 'each event is five minutes late' },
      { play: 'alarm event doubled', description: 'each event comes twice' },
    ],
  },
  {
    title: 'The sweep does not run',
    effect:
      'Only deployments whose execution ended half-way need it: by a stop, States.Runtime, the ' +
      "history's limit, or a recovery that ended stuck. Others end by themselves.",
    left: 'A stopped deployment as it was: weights where they were, both colours running, the service locked.',
    person:
      'The alarms SweepNotRunning and SweepLostEvents notify. Enable the rule, restore the permission: ' +
      '[runbook](../runbook.md#sweepnotrunning). Until then use abort and do not stop executions.',
    plays: [
      { play: 'status event lost', description: 'the event of the stop is lost; the schedule finds it' },
      { play: 'sweep down', description: 'no call of the sweep succeeds for an hour after the stop' },
    ],
  },
  {
    title: 'DynamoDB is unavailable',
    effect:
      'No step can read its lease or its commands, so nothing is written to ECS or the load balancer. ' +
      'Steps are retried, then RollBack retries for half an hour and longer until the table answers. ' +
      'A rollback by an alarm waits, too: no step writes before it has read that it holds the lease.',
    left:
      'Weights where they were. If the table is unavailable for longer than the retries, the execution ' +
      'ends Unrecorded and the sweep continues when the table is back.',
    person:
      'If users suffer, set the weights by hand: [runbook](../runbook.md#weights-by-hand). RollBack accepts them.',
    plays: [
      {
        play: 'table down while baking',
        description: 'ten minutes of HTTP 500, while a healthy version bakes',
      },
      {
        play: 'table down at the alarm',
        description: 'ten minutes of HTTP 500, from the moment an alarm goes red',
      },
    ],
  },
  {
    title: "The table's encryption key is disabled or its grant revoked",
    effect:
      'Every call to the table is refused. Refusals are not retried: the execution ends Unrecorded, ' +
      'and so do the recoveries until the key is back.',
    left: 'Weights where they were, both colours running, the service locked.',
    person:
      'Enable the key. The table uses an AWS managed key, which cannot be disabled; this is possible ' +
      'only with a key of your own.',
    plays: [
      {
        play: 'key disabled',
        description: 'half an hour of AccessDenied from the table, from the moment an alarm goes red',
      },
    ],
    notShown: "DynamoDB's error names for keys: the rehearsal refuses with AccessDeniedException.",
  },
  {
    title: "Somebody deletes the lease's item",
    effect:
      'The next step that writes finds that it does not hold the lease, so nothing is written, not ' +
      'even the rollback. The execution ends Stuck, and no sweep finds it: the sweep reads leases.',
    left:
      'Weights where they were, both colours running, the record open, and the service free for another ' +
      'deployment (preflight refuses it because of the second task set).',
    person:
      'The alarm Stuck notifies. Set the weights by hand and delete the task set that is not needed: ' +
      '[runbook](../runbook.md#weights-by-hand). Do not delete items of the table; deletion protection ' +
      'guards the table only.',
    plays: [{ play: 'lease deleted', description: 'at 20 %, while a healthy version bakes' }],
  },
  {
    title: "Somebody deletes the record's item",
    effect:
      'The deployment continues: its plan and its last decision are in the execution. Commands sent before ' +
      'are lost, later ones and alarm events have no effect; observations continue.',
    left:
      'No plan in the record. **If the execution is stopped now, its recovery assumes that the ' +
      'deployment changed nothing: it frees the service and leaves the weights and both task sets as ' +
      'they are.**',
    person:
      'Let it end; do not stop it. If it was stopped, set the weights by hand and delete the task set ' +
      'that is not needed: [runbook](../runbook.md#weights-by-hand).',
    plays: [
      { play: 'record deleted', description: 'at 20 %, while a healthy version bakes' },
      {
        play: 'record deleted, then stopped',
        description: 'the same, and the execution is stopped two minutes later',
      },
    ],
  },
  {
    title: 'Lambda is throttled: the account has no concurrency left',
    effect:
      'A forward step is retried six times within a minute and a half; then RollBack follows and is ' +
      'retried thirty times, for half an hour. OnAlarm and Sweep are retried by Lambda for up ' +
      'to an hour.',
    left:
      'Weights where they were, until a Lambda starts. After half an hour the execution ends Unrecorded, ' +
      'and the sweep continues when it can run.',
    person:
      'Free concurrency, or reserve some for the functions of Cutover. If users suffer, set the weights by hand.',
    plays: [
      {
        play: 'Lambda throttled while baking',
        description: 'no step starts for ten minutes, while a healthy version bakes',
      },
      {
        play: 'Lambda throttled at the alarm',
        description: 'no step starts for ten minutes, from the moment an alarm goes red',
      },
    ],
    notShown: 'OnAlarm and Sweep throttled at the same time.',
  },
  {
    title: 'An IAM permission is removed during a deployment',
    effect:
      'The call is refused and not retried: a repeat gets the same answer. A forward step then leads to ' +
      'RollBack. Without a permission that RollBack needs the deployment ends Stuck; recoveries retry ' +
      'after 1, 2, 4 minutes, up to every six hours.',
    left: 'Weights where they were; the service locked.',
    person:
      'Read the permission in the cause of the failed execution and restore it; the next recovery ' +
      'finishes: [runbook](../runbook.md#stuck). If users suffer, set the weights by hand.',
    plays: [
      {
        play: 'permission to write routes gone',
        description: 'half an hour without ModifyRule and ModifyListener, from the moment an alarm goes red',
      },
    ],
    notShown:
      "A permission of the state machine's own role, to invoke a step (States.Permissions). How each step does " +
      "without each of its permissions for ten minutes is on the step's page, in the rows permission-gone.",
  },
  {
    title: 'An API is down: load balancer, ECS, CloudWatch',
    effect:
      'An observation that cannot be read is unknown. Unknown is tolerated for ' +
      `${formatDuration(UNKNOWN_TOLERANCE_MS)} (${formatDuration(THROTTLED_TOLERANCE_MS)} if the API ` +
      'only limits the rate), then the deployment rolls back. While the load balancer API is down no ' +
      'traffic moves: the data plane keeps the last weights.',
    left: 'Weights where they were, until the API is back.',
    person:
      'Nothing. With the load balancer API down weights cannot be set by hand either; scale the bad ' +
      'colour down in ECS only if the other one has all weight.',
    plays: [
      {
        play: 'load balancer API down while baking',
        description: 'ten minutes of HTTP 500 from the load balancer API, while a healthy version bakes',
      },
      {
        play: 'load balancer API down at the alarm',
        description: 'ten minutes of HTTP 500 from the load balancer API, from the moment an alarm goes red',
      },
      { play: 'ECS API down while baking', description: 'ten minutes of HTTP 500 from ECS, while it bakes' },
      {
        play: 'CloudWatch API down while baking',
        description: 'ten minutes of HTTP 500 from CloudWatch, while it bakes',
      },
    ],
  },
  {
    title: 'EventBridge is down',
    effect:
      "No alarm event and no status event arrives, and Cutover's own events are not published. " +
      "Observations continue; the sweep's schedule is EventBridge's, too, so it may fail with it.",
    left: 'Events that were not delivered. They are not sent again.',
    person: 'Inform the consumers of the events; `cutover history` has what they missed.',
    plays: [
      {
        play: 'EventBridge down at the alarm',
        description: 'an hour without events, from and to EventBridge',
      },
    ],
    notShown: 'The schedule of the sweep failing with it.',
  },
  {
    title: 'Step Functions is down, or delays transitions',
    effect:
      'Executions pause and continue afterwards; a bake may end late, never early. If only the API is ' +
      'down, a signal is lost: the deployment observes at the end of its wait.',
    left: 'Weights where they were, until executions move.',
    person:
      'If users suffer, set the weights by hand. For delayed transitions: [runbook](../runbook.md#throttled).',
    plays: [
      {
        play: 'Step Functions API down at the alarm',
        description: 'ten minutes of HTTP 500 for SendTaskSuccess and StartExecution',
      },
    ],
    notShown: 'Executions that stand still: the simulator has no such fault.',
  },
  {
    title: 'The Region is down',
    effect:
      'All of these at once. Cutover runs in the Region of the service and has no state elsewhere. ' +
      'When APIs are back, what still runs continues from what it reads then.',
    left: 'Weights where they were: the load balancer keeps them.',
    person:
      'Move users to another Region by your own means; Cutover has none. Afterwards run `cutover ' +
      'status` for each service that was being deployed.',
    plays: [
      {
        play: 'every API down while baking',
        description: 'no call is answered for an hour and no event arrives, while a healthy version bakes',
      },
      { play: 'every API down at the alarm', description: 'the same, from the moment an alarm goes red' },
    ],
    notShown:
      'Tasks, load balancer and executions keep running in these rehearsals; in a Region that is down ' +
      'they may not, and DynamoDB may lose its last writes.',
  },
  {
    title: 'A quota is used up',
    effect:
      'The API refuses a sixth task set, a target group on too many rules, or calls above a rate. Preflight ' +
      'counts task sets and history before anything is written; what is refused later leads to ' +
      'RollBack. Rate limits are retried: half an hour for each call and state.',
    left: 'Nothing beyond what the rollback removes.',
    person: 'Ask AWS for a higher quota; the message names it.',
    plays: [],
    notShown:
      'When tasks cannot be placed because capacity or IP addresses are used up, green never ' +
      'becomes healthy; the exhaust plays that (rollback-sick). Tests of preflight and of ' +
      'aws/errors.ts show the rest.',
  },
  {
    title: 'Somebody else writes the listener, once or repeatedly',
    effect:
      'Foreign weights end the deployment: it rolls back and reports what it found. A writer that ' +
      'gives green traffic after the rollback leads to RollBack again, for at most 48 hours.',
    left: 'What the other writer wrote after the last observation stays. A rule that was deleted is not created again.',
    person: 'Find the writer (CloudTrail: ModifyRule, ModifyListener), stop it, deploy again.',
    plays: [
      {
        play: 'weights reset every minute',
        description: 'half an hour of a writer that resets the weights each minute',
      },
    ],
    notShown:
      'Two installations of Cutover, each with a table of its own, that deploy one service: the younger task set gives ' +
      'way before its first request (test/verify/stage/two-installations.test.ts).',
  },
];
