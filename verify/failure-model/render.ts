import type { StepName } from '../../statemachine/contract.ts';
import { playedDeployments } from './deployments.ts';
import { errorTable } from './errors.ts';
import { limits } from './limits.ts';
import { outside } from './outside.ts';
import { safetyOfLambdas, safetyOfStates, safetyOfSteps } from './safety-of-states.ts';
import type { Seen } from './seen.types.ts';
import { seenAt, stepSection } from './step-section.ts';
import { faultList, summaryTable } from './summary.ts';
import { duration, endInWords, endsInWords, noticed, outsideInWords, table } from './words.ts';
import { states } from './workflow.ts';

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/ /g, '-');

const head = (seen: Seen): string => {
  const runs = seen.rows.reduce((sum, row) => sum + row.runs, 0);
  return `<!-- made by \`npm run failure-model\`; the sentences are in scripts/failure-model/, the rest is the code's and the simulator's -->

# What can fail, and where it ends

For whoever is on call, and for whoever has to decide whether to trust this. Everything in tables is made from the state machine, the code and
${runs.toLocaleString('en')} rehearsals, in which one thing goes wrong at one AWS call or one state; CI makes it anew and fails if this file says anything else.

- [In short](#in-short)
- [Failures x where they end](#failures-x-where-they-end)
- [Who tries again](#who-tries-again), [limits](#limits), [errors](#errors)
- [Step by step](#step-by-step), [between the steps](#between-the-steps), [Lambdas that events start](#lambdas-that-events-start)
- [Around the workflow](#around-the-workflow): ${outside.map(({ title }) => `[${title}](#${slug(title)})`).join(', ')}
- [What has not been shown](#what-has-not-been-shown)

## In short

- **A process that dies, an answer that is lost, a call that comes twice**: nothing. The step is run again, looks, and finds done what is done.
- **A rate limit, an API that is down for a while**: waited for. What lasts longer than the retries rolls back; the load balancer goes on with the last weights meanwhile.
- **The execution is stopped** (a person, Step Functions itself): its recovery begins within seconds and waits 75 s for the last Lambda to end. Before green is PRIMARY it goes back to blue, after that it finishes.
- **Somebody else writes the listener**: rolled back, or finished if blue has begun to go. What he wrote after the last look stays.
- **An alarm**: rolled back, until green is promoted; after that nobody looks at alarms any more.
- **The table does not answer**: nobody moves users, not even back. This is the one thing to know: [DynamoDB is unavailable](#dynamodb-is-unavailable).
- **What needs a person**: a permission or a quota that RollBack needs, an API that stays down for longer than half an hour, an item of the table that somebody deleted. The alarms of [the runbook](runbook.md) say so.`;
};

const reading = (seen: Seen): string => `## Failures x where they end

How often which ending was seen, where there was more than one, and in the worst case how long until the load balancer sent every request to blue again, counted from the
fault, the alarm or the stop. \`-\`: the fault has no meaning there. Every run is held against the invariants after each event, and none broke one.

${summaryTable(seen)}

${faultList()}

Struck were ${playedDeployments.length} deployments of a service with two tasks, at the first and the last call of each kind in each step, and at the states:

${table(
  ['deployment', 'what it does', 'undisturbed'],
  playedDeployments.map(({ name, says, since }) => {
    const usual = seen.undisturbed[name];
    const back =
      usual?.backSeconds == null ? '' : `; users back on blue ${duration(usual.backSeconds)} after ${since}`;
    return [
      name,
      says,
      `${endInWords(usual?.ends ?? '')} within ${duration(usual?.endedSeconds ?? 0)}${back}`,
    ];
  }),
)}

Times are virtual: they are made of the simulator's [assumed latencies](../sim/README.md), of waits that are real, and of bakes of ten seconds. They are rounded up.
\`npm run verify:exhaust\` strikes every call, in eight deployments, and judges each run; it counts passes, this page tells endings.`;

const retrying = (): string => `## Who tries again

1. **The call** (aws/call.ts): waits within the step's Lambda, with full jitter.
2. **The state machine** (Retry of each state): starts the Lambda again. Its steps are safe to run twice.
3. **The Catch** of the state: goes to RollBack once something may have been written, before that to RecordOutcome. Out of RollBack every way leads to RecordOutcome.
4. **The sweep**: an execution that ended without freeing its lease gets a recovery, a new execution that rolls back or finishes.
5. **A person**: what is still locked after that. Alarms: Stuck, LeaseStuck, RollBackFailing.

## Limits

${table(['what waits', 'how long', 'then'], limits)}

## Errors

${errorTable()}`;

const steps = (seen: Seen): string =>
  states
    .flatMap(([name, state]) =>
      name in safetyOfSteps
        ? [stepSection(name as StepName, state, safetyOfSteps[name as StepName], seen)]
        : [],
    )
    .join('\n\n');

const stoppedAt = (place: string, seen: Seen): string =>
  seen.rows
    .filter((row) => row.place === place && row.fault === 'stopped')
    .map((row) => `${endsInWords(row.ends)}${noticed(row) === 'nothing' ? '' : `; ${noticed(row)}`}`)
    .filter((told, index, all) => all.indexOf(told) === index)
    .join(' / ') || 'not shown';

const between = (seen: Seen): string =>
  table(
    ['state', 'what it does', 'why it is safe', 'stopped there'],
    states.flatMap(([name, state]) =>
      name in safetyOfStates
        ? [
            [
              `\`${name}\``,
              state.Comment,
              safetyOfStates[name as keyof typeof safetyOfStates].safe,
              ['Succeed', 'Fail'].includes(state.Type) ? 'it is the end' : stoppedAt(name, seen),
            ],
          ]
        : [],
    ),
  );

const lambdas = (seen: Seen): string =>
  Object.entries(safetyOfLambdas)
    .map(
      ([name, { safe, left }]) =>
        `### ${name}\n\n**Why it is safe.** ${safe}\n\n**Left behind if it fails for good**: ${left}\n\n${seenAt(name, seen)}`,
    )
    .join('\n\n');

const around = (seen: Seen): string =>
  outside
    .map(({ title, happens, left, person, plays, notShown }) => {
      const rows = plays.flatMap(({ play, says }) => {
        const one = seen.outside[play];
        return one === undefined ? [] : [[says, ...outsideInWords(one)]];
      });
      return [
        `### ${title}`,
        happens,
        `**Left behind**: ${left}`,
        `**What a person does**: ${person}`,
        rows.length === 0
          ? ''
          : table(['rehearsed', 'it ended', 'users back on blue after', 'noticed or left behind'], rows),
        notShown === undefined ? '' : `*Not shown*: ${notShown}`,
      ]
        .filter((part) => part !== '')
        .join('\n\n');
    })
    .join('\n\n');

const unknown = `## What has not been shown

- Nothing of this page was seen in an AWS account: it is the code that would be installed, in a simulated one. [sim/README.md](../sim/README.md) lists what is assumed.
- One thing goes wrong at a time. \`npm run verify:soak\` draws several at once and compares nothing with this page.
- Network load balancers, tasks on instances and more than one Region.
- What stands under *Not shown* above.`;

export const failureModel = (seen: Seen): string =>
  [
    head(seen),
    reading(seen),
    retrying(),
    `## Step by step\n\n${steps(seen)}`,
    `## Between the steps\n\nStates that AWS evaluates by itself. Nothing can fail there but the execution as a whole.\n\n${between(seen)}`,
    `## Lambdas that events start\n\n${lambdas(seen)}`,
    `## Around the workflow\n\n${around(seen)}`,
    unknown,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
