import type { Deps } from '../../functions/deps.types.ts';
import type { ModelState } from './model.types.ts';
import { plain } from './plain.ts';
import type { Session } from './session.ts';
import { executionArnOf } from './the-service.ts';

const executionIn = ({ hooks }: ModelState, runId: string) =>
  hooks.executions.find(({ input }) => input.runId === runId);

/** Runs of functions, by the conditions of aws/hook-runs.ts and aws/hook-executions.ts. No hook here is a task. */
export const hookVerbs = (
  session: Session,
): Pick<Deps, 'hookRuns' | 'hookExecutions' | 'hookTasks' | 'nativeHooks'> => {
  const { state, call } = session;
  const { hooks } = state;
  const runOf = ({ name, stage, step }: { name: string; stage: string; step: number }): number =>
    hooks.runs.findIndex((one) => one.name === name && one.stage === stage && one.step === step);
  return {
    hookRuns: {
      read: () => call('hookRuns.read', 'read', () => [...hooks.runs]),
      begin: (_deploymentId, run) =>
        call('hookRuns.begin', 'write', () => {
          if (runOf(run) !== -1) return false;
          // What the function is called with decides nothing here.
          hooks.runs.push({ ...plain(run), event: null });
          return true;
        }),
      finish: (_deploymentId, run, result) =>
        call('hookRuns.finish', 'write', () => {
          const index = runOf(run);
          const kept = hooks.runs[index];
          if (kept === undefined || kept.result !== null) return false;
          // Once a run is over no step asks for its times.
          hooks.runs[index] = {
            ...kept,
            startedAtMs: 0,
            deadlineMs: 0,
            result: { ...plain(result), endedAtMs: 0 },
          };
          return true;
        }),
      noteCutShort: () => Promise.reject(new Error('no hook of the model is a task')),
      noteTask: () => Promise.reject(new Error('no hook of the model is a task')),
    },
    hookExecutions: {
      arnOf: (runId) => executionArnOf(runId),
      ensure: (runId, input) =>
        call('hookExecutions.ensure', 'write', () => {
          const known = executionIn(state, runId);
          if (known === undefined) hooks.executions.push({ input: plain(input), running: true });
          return { kind: known === undefined || known.running ? 'runs' : 'ended' };
        }),
      ending: (runId) =>
        call('hookExecutions.ending', 'read', () =>
          executionIn(state, runId)?.running === true ? 'RUNNING' : 'ABORTED',
        ),
      stop: (runId) => call('hookExecutions.stop', 'write', () => endHookExecution(state, runId)),
    },
    hookTasks: {
      start: () => Promise.reject(new Error('no hook of the model is a task')),
      read: () => Promise.resolve(null),
      find: () => Promise.resolve(null),
      stop: () => Promise.resolve(),
    },
    nativeHooks: { read: () => Promise.resolve(null), save: () => Promise.resolve() },
  };
};

export const endHookExecution = ({ hooks }: ModelState, runId: string): void => {
  hooks.executions = hooks.executions.map((one) =>
    one.input.runId === runId ? { ...one, running: false } : one,
  );
};
