import { makeKernel } from '../../../sim/kernel/kernel.ts';
import type { Execution } from '../../../sim/stepfunctions/execution.types.ts';
import { makeStepFunctions, type StepFunctions } from '../../../sim/stepfunctions/step-functions.ts';

export const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);

/** An answer a test's Lambda gives: a result, an error, or never any. */
type Answer = { result: unknown; afterMs?: number } | { error: Error; afterMs?: number } | 'never';

type Call = { step: string; payload: unknown; atMs: number; taskToken?: string };

export const named = (name: string, message = 'as the test says'): Error =>
  Object.assign(new Error(message), { name });

/** A state machine of the given states, whose Lambdas answer from a list by step, in order. */
export const aMachine = (
  states: Record<string, unknown>,
  answers: Record<string, Answer[]> = {},
  {
    seed = 1,
    startAt = Object.keys(states)[0] as string,
    mostEnded,
  }: { seed?: number; startAt?: string; mostEnded?: number } = {},
) => {
  const kernel = makeKernel(seed, START_MS);
  const calls: Call[] = [];
  const left = structuredClone(
    Object.fromEntries(Object.entries(answers).map(([step, list]) => [step, [...list.keys()]])),
  );
  const steps = [...new Set(Object.keys(answers))];
  const resources = Object.fromEntries(
    steps.map((step) => [`${step}Arn`, `arn:aws:lambda:::function:${step}`]),
  );

  const stepFunctions: StepFunctions = makeStepFunctions(
    kernel,
    { StartAt: startAt, States: states },
    {
      resources,
      mostEnded,
      invoke: async (step, payload, { taskToken }) => {
        calls.push({
          step,
          payload,
          atMs: kernel.scheduler.nowMs(),
          ...(taskToken === undefined ? {} : { taskToken }),
        });
        const next = left[step]?.shift();
        const answer = next === undefined ? undefined : answers[step]?.[next];
        if (answer === undefined) throw new Error(`the test has no answer left for ${step}`);
        if (answer === 'never') return new Promise(() => {});
        if (answer.afterMs !== undefined) await kernel.scheduler.clock.sleep(answer.afterMs);
        if ('error' in answer) throw answer.error;
        return answer.result;
      },
    },
  );

  const runFor = (ms: number): Promise<void> => {
    let passed = false;
    kernel.scheduler.after(ms, () => {
      passed = true;
    });
    return kernel.scheduler.run(() => passed);
  };
  const run = async (input: unknown = {}): Promise<Execution> => {
    const execution = stepFunctions.startExecution({ name: 'test', input });
    await kernel.scheduler.run(() => execution.status !== 'RUNNING');
    return execution;
  };
  return { kernel, stepFunctions, calls, run, runFor };
};

/** Runs virtual time until the promise is answered. */
export const settled = async <T>(
  kernel: ReturnType<typeof makeKernel>,
  promise: Promise<T>,
): Promise<{ value: T } | { error: Error }> => {
  let answer: { value: T } | { error: Error } | undefined;
  promise.then(
    (value) => {
      answer = { value };
    },
    (error: Error) => {
      answer = { error };
    },
  );
  await kernel.scheduler.run(() => answer !== undefined);
  if (answer === undefined) throw new Error('the call was never answered');
  return answer;
};

/** What infra fills in: `${StepArn}`. */
export const arnOf = (step: string): string => `\${${step}Arn}`;

export const task = (step: string, next: string, more: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: arnOf(step),
  Next: next,
  ...more,
});

export const waiting = (step: string, next: string, more: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: {
    FunctionName: arnOf(step),
    Payload: { 'state.$': '$', 'taskToken.$': '$$.Task.Token' },
  },
  Next: next,
  ...more,
});

export const DONE = { Type: 'Succeed' };
