import { MAX_ATTEMPTS } from '../../aws/call.ts';
import { apiErrors } from '../../core/errors.ts';
import { contract, type StepName } from '../../statemachine/contract.ts';
import { lambdaDeaths, lambdaOutages, lambdaThrottles } from '../../statemachine/lambda-errors.ts';
import { stateTable } from '../../statemachine/states.ts';
import { playedDeployments } from './deployments.ts';
import { seconds } from './limits.ts';
import type { Row, Seen } from './seen.types.ts';
import { duration, endInWords, endsInWords, noticed, table } from './words.ts';
import { longestWaitSeconds, type Retry, type State } from './workflow.ts';

/** By whatever name Lambda's own failures arrive, to a reader they are one. */
const lambdasOwn: readonly string[] = [...lambdaDeaths, ...lambdaOutages, ...lambdaThrottles];

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** `States.ALL` last: the first that fits catches. */
const goesTo = ({ Catch = [] }: State, error: string): string => {
  const caught = Catch.find(
    ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
  );
  return caught === undefined ? 'the execution ends' : `${caught.Next}`;
};

const retryInWords = (retry: Retry): string =>
  `the state machine, ${retry.MaxAttempts} times within ${seconds(longestWaitSeconds(retry))}`;

const retryRow = (state: State, retry: Retry): string[] => {
  const throttled = retry.ErrorEquals.includes('Throttled');
  const inCall = throttled
    ? 'the call, at most as long as its Lambda runs; then '
    : `a failing call, ${MAX_ATTEMPTS} sends; then `;
  const names = retry.ErrorEquals.filter((name) => !lambdasOwn.includes(name));
  const lambda = throttled ? 'Lambda throttles the step' : 'the Lambda dies or does not start';
  return [
    `${code(names)}, ${lambda}`,
    `${inCall}${retryInWords(retry)}`,
    goesTo(state, retry.ErrorEquals[0] ?? ''),
  ];
};

/** What can fail, who tries again, where it continues. */
const failures = (name: StepName, state: State): string => {
  const retries = state.Retry ?? [];
  const retried = retries.flatMap(({ ErrorEquals }) => ErrorEquals);
  const final = [...apiErrors, ...contract[name].raises].filter((error) => !retried.includes(error));
  const byTarget = Map.groupBy(final, (error) => goesTo(state, error));
  const timeout =
    state.TimeoutSeconds === undefined || retried.includes('States.Timeout')
      ? [['the wait ends (`States.Timeout`)', 'nobody: it is planned', goesTo(state, 'States.Timeout')]]
      : [];
  return table(
    ['what can fail', 'who retries', 'then'],
    [
      ...retries.map((retry) => retryRow(state, retry)),
      ...[...byTarget].map(([target, errors]) => [code(errors), 'nobody: a retry changes nothing', target]),
      ...(state.TimeoutSeconds === undefined ? timeout : []),
      [
        'the execution is stopped, or its history is full',
        'nobody: no Catch runs',
        'the sweep starts a recovery',
      ],
    ],
  );
};

const same = (a: Row, b: Row): boolean =>
  endsInWords(a.ends) === endsInWords(b.ends) && noticed(a) === noticed(b) && a.left.join() === b.left.join();

/** Faults that ended alike share a line. */
const seenTable = (rows: readonly Row[]): string => {
  const lines: { faults: string[]; runs: number; row: Row }[] = [];
  for (const row of rows) {
    const alike = lines.find((line) => same(line.row, row));
    if (alike === undefined) lines.push({ faults: [row.fault], runs: row.runs, row });
    else {
      alike.faults.push(row.fault);
      alike.runs += row.runs;
    }
  }
  return table(
    ['fault', 'runs', 'it ended', 'noticed', 'left behind'],
    lines.map(({ faults, runs, row }) => [
      faults.join(', '),
      String(runs),
      endsInWords(row.ends),
      noticed(row),
      row.left.join('; ') || 'nothing',
    ]),
  );
};

const notPlayedIn = (deployment: string): string[] => {
  const without = playedDeployments.find(({ name }) => name === deployment)?.notPlayed ?? {};
  const each = Object.entries(without).map(([fault, why]) => `- ${fault}: ${why}.`);
  return each.length === 0 ? [] : [`Not played there:\n\n${each.join('\n')}`];
};

/** What was seen at one place, a table for each deployment that it was struck in. */
export const seenAt = (place: string, seen: Seen): string => {
  const byDeployment = Map.groupBy(
    seen.rows.filter((row) => row.place === place),
    ({ deployment }) => deployment,
  );
  return [...byDeployment]
    .map(([deployment, rows]) => {
      const usual = seen.undisturbed[deployment];
      const ends = usual === undefined ? '' : endInWords(usual.ends);
      const back =
        usual?.backSeconds == null ? '' : `, users back on blue after ${duration(usual.backSeconds)}`;
      return [
        `Seen in **${deployment}** (undisturbed: ${ends}${back}):`,
        seenTable(rows),
        ...notPlayedIn(deployment),
      ].join('\n\n');
    })
    .join('\n\n');
};

export const stepSection = (name: StepName, state: State, seen: Seen): string => {
  const { safe, left } = stateTable[name];
  const calls = seen.calls[name] ?? [];
  return [
    `# ${name}`,
    state.Comment,
    `**Why it is safe.** ${safe}`,
    `**Left behind if everything ends here**, until the sweep: ${left}`,
    `**Calls**: ${code(calls)}.`,
    failures(name, state),
    seenAt(name, seen),
  ].join('\n\n');
};
