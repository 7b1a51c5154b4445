import { formatDuration } from '../../core/duration.ts';
import { THROTTLED_TOLERANCE_MS, UNKNOWN_TOLERANCE_MS } from '../../core/pace.ts';
import type { outsidePlays } from './outside-plays.ts';

export type PlayName = keyof typeof outsidePlays;

/** A failure around the workflow: what happens, what is left behind, what a person does. */
export type Outside = {
  title: string;
  happens: string;
  left: string;
  person: string;
  /** Rehearsals that show it, with what was struck. None: it is reasoned, not shown, and the document says so. */
  plays: readonly { play: PlayName; says: string }[];
  /** What the rehearsals do not show. */
  notShown?: string;
};

export const outside: readonly Outside[] = [
  {
    title: 'An alarm event is lost, late or doubled',
    happens:
      'The deployment finds the red alarm at its next look: a minute after a shift, later in a long bake ever more rarely, ten looks a bake at most. A doubled event is one signal.',
    left: 'Users on the bad version until that look.',
    person:
      'Nothing. The alarm OnAlarmLostEvents says that it happened: [runbook](../runbook.md#onalarmlostevents).',
    plays: [
      { play: 'alarm event lost', says: 'no event ever arrives' },
      { play: 'alarm event late', says: 'each event is five minutes late' },
      { play: 'alarm event doubled', says: 'each event comes twice' },
    ],
  },
  {
    title: 'The sweep does not run',
    happens:
      'Only deployments whose execution ended half-way need it: a stop, States.Runtime, the limit of the history, a recovery that ended stuck. All others end by themselves.',
    left: 'A stopped deployment as it was: weights where they were, both colours running, the service locked.',
    person:
      'The alarms SweepNotRunning and SweepLostEvents wake somebody: enable the rule, give back the permission: [runbook](../runbook.md#sweepnotrunning). Until then abort deployments, do not stop executions.',
    plays: [
      { play: 'status event lost', says: 'the event of the stop is lost; the schedule finds it' },
      { play: 'sweep down', says: 'no sweep gets through for an hour after the stop' },
    ],
  },
  {
    title: 'DynamoDB is unavailable',
    happens:
      'No step can look up its lease or its commands, so nothing is written to ECS or the load balancer. Steps are retried, then the workflow goes to RollBack, which waits, half an hour and longer, until the table answers. ' +
      'A rollback by an alarm waits as well: no step writes without having read that the service is still its own.',
    left: 'Weights where they were. If the table stays away longer than the retries last, the execution ends Unrecorded and the sweep goes on once the table is back.',
    person:
      'If users suffer meanwhile, set the weights by hand: [runbook](../runbook.md#weights-by-hand). RollBack finds them as it wants them.',
    plays: [
      { play: 'table down while baking', says: 'ten minutes of HTTP 500, while a healthy version bakes' },
      { play: 'table down at the alarm', says: 'ten minutes of HTTP 500, from the moment an alarm goes red' },
    ],
  },
  {
    title: "The table's encryption key is disabled or its grant taken away",
    happens:
      'Every call to the table is refused. Refusals are not retried: the execution ends Unrecorded, and the recoveries end likewise until the key is back.',
    left: 'Weights where they were, both colours running, the service locked.',
    person:
      'Enable the key. The table uses an AWS managed key, which nobody can disable; a table that you gave a key of your own can meet this.',
    plays: [
      {
        play: 'key disabled',
        says: 'half an hour of AccessDenied from the table, from the moment an alarm goes red',
      },
    ],
    notShown:
      "DynamoDB's own error names for keys were not met: the rehearsal refuses with AccessDeniedException.",
  },
  {
    title: "Somebody deletes the lease's item",
    happens:
      'The next step that wants to write finds that it does not hold the service and may write no more, not even the rollback. The execution ends Stuck, and no sweep finds it: the sweep goes by leases.',
    left: 'Weights where they were, both colours running, the record open, and the service free for a deployment that does not know of it (preflight refuses it for the second task set).',
    person:
      'The alarm Stuck wakes somebody. Set the weights by hand, delete the task set that is not wanted: [runbook](../runbook.md#weights-by-hand). Do not delete items of the table; deletion protection guards the table only.',
    plays: [{ play: 'lease deleted', says: 'at 20 %, while a healthy version bakes' }],
  },
  {
    title: "Somebody deletes the record's item",
    happens:
      'The deployment itself goes on: its plan and its last decision are in the execution. Commands are forgotten, and neither commands nor alarm events are heard any more; looks go on.',
    left: 'No plan in the record. **Should the execution be stopped now, its recovery takes it for a deployment that had touched nothing: it frees the service and leaves the weights and both task sets as they are.**',
    person:
      'Let it end; do not stop it. If it was stopped, set the weights by hand and delete the task set that is not wanted: [runbook](../runbook.md#weights-by-hand).',
    plays: [
      { play: 'record deleted', says: 'at 20 %, while a healthy version bakes' },
      {
        play: 'record deleted, then stopped',
        says: 'the same, and the execution is stopped two minutes later',
      },
    ],
  },
  {
    title: 'Lambda is throttled: the account has no concurrency left',
    happens:
      'Each state retries: six times within a minute and a half going forward, then on to RollBack, which retries thirty times, for half an hour. OnAlarm and Sweep are retried by Lambda for up to an hour.',
    left: 'Weights where they were, until a Lambda starts. After half an hour the execution ends Unrecorded, and the sweep goes on once it may run.',
    person:
      'Free concurrency, or reserve some for the functions of Cutover. If users suffer, set the weights by hand.',
    plays: [
      {
        play: 'Lambda throttled while baking',
        says: 'no step starts for ten minutes, while a healthy version bakes',
      },
      {
        play: 'Lambda throttled at the alarm',
        says: 'no step starts for ten minutes, from the moment an alarm goes red',
      },
    ],
    notShown: 'OnAlarm and Sweep throttled at the same time.',
  },
  {
    title: 'An IAM permission is taken away mid-flight',
    happens:
      'The call is refused, and not retried: asking again changes nothing. Forward steps go to RollBack. A permission that RollBack itself needs makes it end Stuck; recoveries try again after 1, 2, 4 minutes, up to every six hours.',
    left: 'Weights where they were; the service locked.',
    person:
      'Read the permission in the cause of the failed execution and give it back; the next recovery finishes: [runbook](../runbook.md#stuck). If users suffer, set the weights by hand.',
    plays: [
      {
        play: 'permission to write routes gone',
        says: 'half an hour without ModifyRule and ModifyListener, from the moment an alarm goes red',
      },
    ],
    notShown:
      "A permission of the state machine's own role, to invoke a step (States.Permissions). Each step without each of its permissions for ten minutes is in its section: permission-gone.",
  },
  {
    title: 'An API is down: load balancer, ECS, CloudWatch',
    happens: `A look that cannot read is unknown: it is borne for ${formatDuration(UNKNOWN_TOLERANCE_MS)} (${formatDuration(THROTTLED_TOLERANCE_MS)} if the API only limits the rate), then rolls back. Nobody moves users while the load balancer API is down: its data plane goes on with the last weights.`,
    left: 'Weights where they were, until the API is back.',
    person:
      'Nothing. With the load balancer API down no hand can set weights either; scale the bad colour down in ECS only if the other one has all the weight.',
    plays: [
      {
        play: 'load balancer API down while baking',
        says: 'ten minutes of HTTP 500, while a healthy version bakes',
      },
      {
        play: 'load balancer API down at the alarm',
        says: 'ten minutes of HTTP 500, from the moment an alarm goes red',
      },
      { play: 'ECS API down while baking', says: 'ten minutes of HTTP 500' },
      { play: 'CloudWatch API down while baking', says: 'ten minutes of HTTP 500' },
    ],
  },
  {
    title: 'EventBridge is down',
    happens:
      "No alarm event and no status event arrives, and Cutover's own events are not published. Looks and the scheduled sweep go on; the schedule is EventBridge's as well, so a long outage is also a sweep that does not run.",
    left: 'Nothing but events that nobody got. They are not sent again.',
    person: 'Tell whoever waits for the events; `cutover history` has what happened.',
    plays: [{ play: 'EventBridge down at the alarm', says: 'an hour without events in either direction' }],
    notShown: 'The schedule of the sweep failing with it.',
  },
  {
    title: 'Step Functions is down, or delays transitions',
    happens:
      'Executions stand still where they are and go on afterwards; timeouts run on, so a bake may end late and never early. The API alone being down costs a wake-up: the deployment looks at the end of its wait.',
    left: 'Weights where they were, until executions move.',
    person:
      'If users suffer, set the weights by hand. For delayed transitions: [runbook](../runbook.md#throttled).',
    plays: [
      {
        play: 'Step Functions API down at the alarm',
        says: 'ten minutes of HTTP 500 for SendTaskSuccess and StartExecution',
      },
    ],
    notShown: 'Executions that stand still: the simulator has no such fault.',
  },
  {
    title: 'The Region is down',
    happens:
      'Everything of the above at once. Cutover lives in one Region, beside the service it deploys, and holds no state elsewhere. Whatever runs when APIs come back goes on by what it then reads.',
    left: "Weights where they were. They are the load balancer's, so they survive with it.",
    person:
      'Move users to another Region by your own means; Cutover has none. Afterwards `cutover status` of each service that was being deployed.',
    plays: [
      {
        play: 'every API down while baking',
        says: 'no call is answered for an hour and no event arrives, while a healthy version bakes',
      },
      { play: 'every API down at the alarm', says: 'the same, from the moment an alarm goes red' },
    ],
    notShown:
      'Tasks, load balancer and executions go on in these rehearsals; in a Region that is down they may not, and DynamoDB may come back without its last writes.',
  },
  {
    title: 'A quota is used up',
    happens:
      'A sixth task set, a target group on too many rules or a rate is refused by the API. Preflight counts task sets and history before anything is written; what is refused later goes to RollBack. Rates are waited for: half an hour per call and state.',
    left: 'Nothing beyond what the rollback removes.',
    person: 'Ask AWS for more; the message names the quota.',
    plays: [],
    notShown:
      'Tasks that cannot be placed for want of capacity or of IP addresses are a green that never gets healthy, which the exhaust shows (rollback-sick). The rest is held by tests of preflight and of aws/errors.ts, not by a rehearsal.',
  },
  {
    title: 'Somebody else writes the listener, once or again and again',
    happens:
      'Weights that are not ours end the deployment: it rolls back and says what it found. A writer that gives green traffic after the rollback brings it back to RollBack, for at most 48 hours.',
    left: 'What the other one wrote after the last look is his. A rule that he deleted is gone, and is not made anew.',
    person:
      'Find who it was (CloudTrail, ModifyRule and ModifyListener), take the listener out of his hands, start again.',
    plays: [
      {
        play: 'weights reset every minute',
        says: 'half an hour of a writer that resets the weights each minute',
      },
    ],
    notShown:
      'Two installations of Cutover, each with its table, deploying one service: neither sees the lease of the other, and only the weights tell.',
  },
];
