import { isStep } from '../../statemachine/contract.ts';
import { stateTable } from '../../statemachine/states.ts';
import { playedDeployments } from './deployments.ts';
import { errorTable } from './errors.ts';
import { limits } from './limits.ts';
import { outside } from './outside.ts';
import { safetyOfLambdas } from './safety-of-lambdas.ts';
import type { Seen } from './seen.types.ts';
import { seenAt, stepSection } from './step-section.ts';
import { faultList, summaryTable } from './summary.ts';
import { duration, endInWords, endsInWords, noticed, outsideInWords, table } from './words.ts';
import { ends, states } from './workflow.ts';

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/ /g, '-');

/** A page of the failure model: its path below docs/, and its text. */
type Page = { path: string; text: string };

const MADE = '<!-- made by `npm run failure-model`; the sentences are in verify/failure-model/ -->';

/** `AcquireLease` -> `acquire-lease`, which is the step's file in functions/, too. */
const fileOf = (name: string): string => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

const linkTo = (name: string): string => `[${name}](failure-model/${fileOf(name)}.md)`;

const steps = states.map(([name]) => name).filter(isStep);

/** What a reader needs first; everything else is one link away. */
const front = (seen: Seen): string => {
  const runs = seen.rows.reduce((sum, row) => sum + row.runs, 0);
  return `# What can fail, and where it ends

Made from the state machine, the code and ${runs.toLocaleString('en')} rehearsals, each with one failure at one AWS
call or one state. CI makes it again and fails if these pages differ. The code is the one that is installed; the AWS
account is [simulated](../sim/README.md).

- **A process that dies, an answer that is lost, a call that is delivered twice**: no effect. The step runs again,
  reads first, and skips what is done.
- **A rate limit, an API that is down for a while**: the deployment waits. If it lasts longer than the retries, it
  rolls back; until then the load balancer keeps the last weights.
- **The execution is stopped** (by a person, by Step Functions): its recovery begins within seconds and waits 75 s for
  the last Lambda to end. Before green is PRIMARY it rolls back, afterwards it finishes.
- **Somebody else writes the listener**: rolled back, or finished once blue goes. Writes after the last read stay.
- **An alarm**: before green is promoted it rolls the deployment back; afterwards alarms are not read.
- **The table does not answer**: no traffic moves, nor back ([more](failure-model/around.md#dynamodb-is-unavailable)).
- **What needs a person**: a permission or a quota that RollBack needs, an API that is down for longer than half an
  hour, a deleted item of the table. [The runbook](runbook.md) has a section for each alarm.

## Who retries

1. **The call** (aws/call.ts): waits within the step's Lambda, with full jitter.
2. **The state machine** (Retry of each state): starts the Lambda again. Its steps are safe to run twice.
3. **The Catch** of the state: leads to RollBack once something may have been written, before that to RecordOutcome.
   Every way out of RollBack leads to RecordOutcome.
4. **The sweep**: starts a recovery when an execution ended with its lease held; it rolls back or finishes.
5. **A person**: for a service that is still locked then. Alarms: Stuck, LeaseStuck, RollBackFailing.

## In detail

- [How each failure ended](failure-model/endings.md), by the phase of the deployment;
  [limits of every wait, and errors](failure-model/limits.md)
- Step by step: ${steps.map(linkTo).join(', ')}
- [Between the steps](failure-model/between-the-steps.md): states that AWS evaluates by itself.
  Lambdas that events start: ${Object.keys(safetyOfLambdas).map(linkTo).join(', ')}
- [Around the workflow](failure-model/around.md): lost events, the sweep, the table, permissions, APIs and Regions
  that are down, quotas, other writers of the listener

## What has not been shown

- Several failures at once. \`npm run verify:soak\` draws several; its runs are not on these pages.
- Network load balancers, tasks on instances and more than one Region.
- What [around.md](failure-model/around.md) marks as *Not shown*.`;
};

const endings = (seen: Seen): string => `# How each failure ended

The endings, with their counts where there was more than one, and the longest time from the fault, the alarm or the
stop until the load balancer sent every request to blue again. \`-\`: the fault has no meaning there. The invariants
are checked after each event of each run; none was broken.

${summaryTable(seen)}

${faultList()}

The faults are injected into ${playedDeployments.length} deployments of a service with two tasks, at the first and the
last call of each kind in each step, and at the states:

${table(
  ['deployment', 'what it does', 'undisturbed'],
  playedDeployments.map(({ name, description, since }) => {
    const usual = seen.undisturbed[name];
    const back =
      usual?.backSeconds == null ? '' : `; users back on blue ${duration(usual.backSeconds)} after ${since}`;
    return [
      name,
      description,
      `${endInWords(usual?.ends ?? '')} within ${duration(usual?.endedSeconds ?? 0)}${back}`,
    ];
  }),
)}

Times are virtual: the simulator's [assumed latencies](../../sim/README.md), the real waits, and bakes of ten seconds.
They are rounded up.
\`npm run verify:exhaust\` injects faults at every call and checks each run; it counts passes, this page shows
endings.`;

const limitsAndErrors = (): string => `# Limits and errors

## Limits

${table(['what waits', 'how long', 'then'], limits)}

## Errors

${errorTable()}`;

const stepPages = (seen: Seen): Page[] =>
  states.flatMap(([name, state]) =>
    isStep(name) ? [{ path: `failure-model/${fileOf(name)}.md`, text: stepSection(name, state, seen) }] : [],
  );

const stoppedAt = (place: string, seen: Seen): string =>
  seen.rows
    .filter((row) => row.place === place && row.fault === 'stopped')
    .map((row) => `${endsInWords(row.ends)}${noticed(row) === 'nothing' ? '' : `; ${noticed(row)}`}`)
    .filter((line, index, all) => all.indexOf(line) === index)
    .join(' / ') || 'not shown';

const between = (seen: Seen): string =>
  table(
    ['state', 'what it does', 'why it is safe', 'after a stop there'],
    states.flatMap(([name, state]) =>
      isStep(name)
        ? []
        : [
            [
              `\`${name}\``,
              state.Comment,
              stateTable[name].safe,
              ends.includes(name) ? 'it is the end' : stoppedAt(name, seen),
            ],
          ],
    ),
  );

const lambdaPages = (seen: Seen): Page[] =>
  Object.entries(safetyOfLambdas).map(([name, { safe, left }]) => ({
    path: `failure-model/${fileOf(name)}.md`,
    text:
      `# ${name}\n\n**Why it is safe.** ${safe}\n\n**Left behind if it fails for good**: ` +
      `${left}\n\n${seenAt(name, seen)}`,
  }));

const contents = (): string => outside.map(({ title }) => `- [${title}](#${slug(title)})`).join('\n');

const around = (seen: Seen): string =>
  outside
    .map(({ title, effect, left, person, plays, notShown }) => {
      const rows = plays.flatMap(({ play, description }) => {
        const one = seen.outside[play];
        return one === undefined ? [] : [[description, ...outsideInWords(one)]];
      });
      return [
        `## ${title}`,
        effect,
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

/** docs/failure-model.md first, then what it links to. */
export const failureModel = (seen: Seen): Page[] =>
  [
    { path: 'failure-model.md', text: front(seen) },
    { path: 'failure-model/endings.md', text: endings(seen) },
    { path: 'failure-model/limits.md', text: limitsAndErrors() },
    ...stepPages(seen),
    {
      path: 'failure-model/between-the-steps.md',
      text:
        '# Between the steps\n\nStates that AWS evaluates by itself. Only the execution as a whole can ' +
        `fail there.\n\n${between(seen)}`,
    },
    ...lambdaPages(seen),
    { path: 'failure-model/around.md', text: `# Around the workflow\n\n${contents()}\n\n${around(seen)}` },
  ].map(({ path, text }) => ({ path, text: `${MADE}\n\n${text}\n` }));
