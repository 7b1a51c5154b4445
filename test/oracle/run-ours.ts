import { readdirSync, readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { makeKernel } from '../../sim/kernel/kernel.ts';
import type { Execution } from '../../sim/stepfunctions/execution.types.ts';
import { makeStepFunctions } from '../../sim/stepfunctions/step-functions.ts';
import { stepNames } from '../../statemachine/contract.ts';
import type { Run, Scenario, ScriptedAnswer } from './scenario.types.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The same instant as in run_moto.py: it is part of the state. */
const STARTED_AT_MS = Date.UTC(2026, 0, 5, 9, 0, 0);

/** Anything below the shortest timeout. */
const SIGNAL_AFTER_MS = 5_000;

const defaults = JSON.parse(read('./answers.json')) as Record<string, ScriptedAnswer>;

export const scenarios = (): Record<string, Scenario> =>
  Object.fromEntries(
    readdirSync(new URL('./scenarios', import.meta.url))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => [file.replace(/\.json$/, ''), JSON.parse(read(`./scenarios/${file}`)) as Scenario]),
  );

const seconds = (from: HistoryEvent | undefined, to: HistoryEvent | undefined): number =>
  (Number(to?.timestamp?.getTime()) - Number(from?.timestamp?.getTime())) / 1_000;

/** What virtual time passed where, read from the history: by the event types on either side of it. */
const spans = (history: readonly HistoryEvent[], from: RegExp, to: RegExp): number[] =>
  history.flatMap((event, at) => {
    if (!to.test(event.type ?? '')) return [];
    const begun = history.slice(0, at).findLast((earlier) => from.test(earlier.type ?? ''));
    return [seconds(begun, event)];
  });

/** The time between a failed attempt and the next one of the same visit, whose events touch in the history. */
const retryDelays = (history: readonly HistoryEvent[]): number[] =>
  history.flatMap((event, at) => {
    const before = history[at - 1];
    const retried = /Scheduled$/.test(event.type ?? '') && /(Failed|TimedOut)$/.test(before?.type ?? '');
    return retried ? [seconds(before, event)] : [];
  });

const reportOf = (name: string, scenario: Scenario, execution: Execution, calls: Run['calls']): Run => {
  const { history, status, error, cause, output } = execution;
  const delays = retryDelays(history);
  return {
    name,
    status,
    error: error ?? null,
    cause: cause ?? null,
    output: output ?? null,
    entered: history.flatMap(({ stateEnteredEventDetails: entered }) =>
      entered === undefined
        ? []
        : [{ state: entered.name ?? '', input: JSON.parse(entered.input ?? 'null') }],
    ),
    calls,
    waits: spans(history, /^WaitStateEntered$/, /^WaitStateExited$/),
    timeouts: spans(history, /Scheduled$/, /TimedOut$/),
    retries: delays.length,
    retryDelays: scenario.jitter === 'NONE' ? delays : null,
    historyEvents: history.length,
  };
};

/** Runs a scenario in the simulator's interpreter. */
export const runOurs = async (name: string, scenario: Scenario): Promise<Run> => {
  const kernel = makeKernel(1, STARTED_AT_MS);
  const text = read('../../statemachine/deploy.asl.json');
  const left = structuredClone(scenario.answers);
  const calls: Run['calls'] = [];

  const stepFunctions = makeStepFunctions(
    kernel,
    scenario.jitter === 'NONE'
      ? text.replaceAll('"JitterStrategy": "FULL"', '"JitterStrategy": "NONE"')
      : text,
    {
      resources: Object.fromEntries(
        stepNames.map((step) => [`${step}Arn`, `arn:aws:lambda:us-east-1:123456789012:function:${step}`]),
      ),
      invoke: async (step, payload, { taskToken }) => {
        calls.push({
          step,
          payload: taskToken === undefined ? payload : { ...(payload as object), taskToken: 'TOKEN' },
        });
        const answer = left[step]?.shift() ?? defaults[step];
        if (answer === undefined) throw new Error(`answers.json has no answer for ${step}`);
        if (answer === 'never') return new Promise(() => {});
        if ('error' in answer) {
          throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
        }
        if ('result' in answer) return answer.result;
        const { wait } = answer;
        kernel.scheduler.after(SIGNAL_AFTER_MS, () => {
          if (wait === 'timesOut') return;
          if ('signal' in wait) stepFunctions.sendTaskSuccess(taskToken ?? '', wait.signal);
          else stepFunctions.sendTaskFailure(taskToken ?? '', wait.failure.error, wait.failure.cause);
        });
        return null;
      },
    },
  );

  const execution = stepFunctions.startExecution({ name, input: scenario.input });
  await kernel.scheduler.run(() => execution.status !== 'RUNNING');
  return reportOf(name, scenario, execution, calls);
};
