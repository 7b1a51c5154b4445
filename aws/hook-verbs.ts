import type { TaskRefusal } from '../core/hooks/task-refusal.ts';
import type {
  HookExecution,
  HookResult,
  HookRun,
  ObservedHookTask,
  TaskLaunch,
} from '../core/vocabulary/hooks.types.ts';

/** aws/hook-runs.ts: the runs of a deployment's hooks, items beside its record. */
export type HookRuns = {
  read(deploymentId: string): Promise<HookRun[]>;
  /** Once: what was written for this hook and moment before stays, and then the answer is false. */
  begin(deploymentId: string, run: HookRun): Promise<boolean>;
  /** Keeps the ARN of the run's task. */
  noteTask(
    deploymentId: string,
    run: Pick<HookRun, 'stage' | 'step' | 'name'>,
    taskArn: string,
  ): Promise<void>;
  /** Keeps that the run's task ends before its work is done, as ECS's event showed it. */
  noteCutShort(
    deploymentId: string,
    run: Pick<HookRun, 'stage' | 'step' | 'name'>,
    reason: string,
  ): Promise<void>;
  /** Keeps the first result. False when the run has one. */
  finish(
    deploymentId: string,
    run: Pick<HookRun, 'stage' | 'step' | 'name'>,
    result: HookResult,
  ): Promise<boolean>;
};

/** `refused`: Step Functions does not let the step ask, and would not the next time. One may run nevertheless. */
type HookStanding = { kind: 'runs' | 'ended' } | { kind: 'refused'; reason: string };

/** aws/hook-executions.ts: executions of the state machine of hooks, each named by its run. */
export type HookExecutions = {
  arnOf(runId: string): string;
  /** Starts it, or finds that it runs already. `ended`: it has ended, whatever came of it. */
  ensure(runId: string, input: HookExecution): Promise<HookStanding>;
  /** How it ended, for a person. */
  ending(runId: string): Promise<string>;
  /** StopExecution; one that has ended, or was never there, is a success. */
  stop(runId: string, cause: string): Promise<void>;
};

/** How a run's task was started, or why none was. */
type TaskStart = { kind: 'started'; taskArn: string } | ({ kind: 'refused' } & TaskRefusal);

/** Whose task it is: `startedBy` and the group of the task name them. */
export type HookTaskOf = { clusterArn: string; deploymentId: string; runId: string };

/** aws/hook-tasks.ts: one-off ECS tasks, one for each run. */
export type HookTasks = {
  /** RunTask with the run's id as clientToken: a repeat answers with the same task. */
  start(of: HookTaskOf, launch: TaskLaunch): Promise<TaskStart>;
  /** DescribeTasks; null: ECS does not know it, yet or any more. */
  read(clusterArn: string, taskArn: string): Promise<ObservedHookTask | null>;
  /** ListTasks and DescribeTasks: the run's task that is to run; null: none. */
  find(of: HookTaskOf): Promise<string | null>;
  /** StopTask; one that is over, or is not known any more, is a success. */
  stop(clusterArn: string, taskArn: string, reason: string): Promise<void>;
};
