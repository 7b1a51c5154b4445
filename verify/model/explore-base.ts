import { threadCpuUsage } from 'node:process';
import { steps } from '../../functions/steps.ts';
import { definition } from '../../sim/orchestrator.ts';
import { bases } from './bases.ts';
import { timelineOf } from './counterexample.ts';
import { loadMachine, type Steps } from './machine.ts';
import type { TroubleKind } from './model.types.ts';
import { type Exploration, explore } from './search.ts';

/**
 * One base, explored over the production steps and the deployed workflow: what a worker is asked for, and what it
 * answers.
 */
export type ModelTask = {
  base: string;
  troubles: number;
  compare: number;
  /** Troubles of these kinds alone. */
  among?: readonly TroubleKind[];
};

export type ModelResult = ModelTask &
  Pick<Exploration, 'states' | 'edges' | 'ends' | 'compared'> & {
    /** The way to what must never happen, or null. */
    timeline: string | null;
    seconds: number;
  };

export const exploreBase = async (task: ModelTask): Promise<ModelResult> => {
  const base = bases.find(({ name }) => name === task.base);
  if (base === undefined) throw new Error(`there is no base ${task.base}`);
  // Errors are ways on here, a million of them; nobody reads where they were thrown.
  Error.stackTraceLimit = 0;
  const before = threadCpuUsage();
  const machine = loadMachine(definition, steps as Steps, {
    ...base,
    troubles: task.troubles,
    ...(task.among === undefined ? {} : { among: task.among }),
  });
  const { states, edges, ends, compared, counterexample } = await explore(machine, task);
  const { user } = threadCpuUsage(before);
  const timeline = counterexample === null ? null : timelineOf(counterexample);
  return { ...task, states, edges, ends, compared, timeline, seconds: user / 1e6 };
};
