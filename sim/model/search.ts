import { edgesFrom, isOver } from './edges.ts';
import { problemsAtEnd } from './ends.ts';
import { runningIn } from './executions.ts';
import { keyOf } from './key.ts';
import type { Edge, ModelState } from './model.types.ts';
import { startOf } from './the-service.ts';
import { type Machine, settle } from './workflow.ts';

export type Counterexample = { problem: string; path: { label: string; state: ModelState }[] };

export type Exploration = {
  states: number;
  edges: number;
  /** States in which the deployment is over. */
  ends: number;
  counterexample: Counterexample | null;
};

type Node = { parent: number; label: string; cost: number };

/** The world right before the first Task. */
export const firstState = (machine: Machine): ModelState => {
  const state = startOf(machine.base);
  for (const execution of state.executions) settle(machine, state, execution, machine.definition.startAt);
  return state;
};

/**
 * All states that can be reached with at most so many troubles, those with the fewest first: a state that was met
 * with fewer troubles before has all the ways on that it has now.
 */
export const explore = async (machine: Machine): Promise<Exploration> => {
  const start = firstState(machine);
  const nodes: Node[] = [];
  const known = new Map<string, number>();
  const waiting: { id: number; state: ModelState }[][] = Array.from(
    { length: machine.base.troubles + 1 },
    () => [],
  );
  /** By state, those that lead to it without trouble, and by state the one the deployment goes to by itself. */
  const before: number[][] = [];
  const onward: number[] = [];
  const ends: number[] = [];
  const stuck = new Set<number>();
  let edgeCount = 0;

  const meet = (state: ModelState, parent: number, label: string, cost: number): number => {
    const key = keyOf(state);
    const met = known.get(key);
    if (met !== undefined) return met;
    const id = nodes.length;
    known.set(key, id);
    nodes.push({ parent, label, cost });
    before.push([]);
    onward.push(-1);
    waiting[cost]?.push({ id, state });
    return id;
  };
  const found = async (problem: string, id: number, label?: string): Promise<Exploration> => ({
    states: nodes.length,
    edges: edgeCount,
    ends: ends.length,
    counterexample: { problem, path: await retrace(machine, start, nodes, id, label) },
  });

  meet(start, -1, 'start', 0);
  for (let cost = 0; cost <= machine.base.troubles; cost += 1) {
    // Grows while it is walked; what is done is let go of.
    const queue: ({ id: number; state: ModelState } | undefined)[] = waiting[cost] ?? [];
    for (let at = 0; at < queue.length; at += 1) {
      const next = queue[at];
      if (next === undefined) continue;
      queue[at] = undefined;
      const { id, state } = next;
      if (isOver(state)) {
        ends.push(id);
        const [problem] = problemsAtEnd(start, state);
        if (problem !== undefined) return found(problem, id);
        continue;
      }
      if (runningIn(state) === undefined) stuck.add(id);
      for (const edge of await edgesFrom(machine, state, cost < machine.base.troubles)) {
        edgeCount += 1;
        const [problem] = edge.problems;
        if (problem !== undefined) return found(problem, id, edge.label);
        const to = meet(edge.to, id, edge.label, cost + (edge.by === 'trouble' ? 1 : 0));
        if (edge.by !== 'trouble') before[to]?.push(id);
        if (edge.by === 'ours') onward[id] = to;
      }
    }
  }

  const lost = withoutWay(nodes.length, before, ends);
  if (lost !== undefined) return found('there is no way from here to an end', lost);
  const circle = circling(onward, stuck);
  if (circle !== undefined) return found('left alone, the deployment goes in circles from here on', circle);
  return { states: nodes.length, edges: edgeCount, ends: ends.length, counterexample: null };
};

/** The first state from which no way leads to an end. */
const withoutWay = (count: number, before: number[][], ends: number[]): number | undefined => {
  const good = new Uint8Array(count);
  const queue = [...ends];
  for (const id of queue) good[id] = 1;
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const parent of before[id] ?? []) {
      if (good[parent] === 1) continue;
      good[parent] = 1;
      queue.push(parent);
    }
  }
  const lost = good.indexOf(0);
  return lost === -1 ? undefined : lost;
};

/** A state on a circle that the deployment runs for ever by itself, without ever ending for the sweep to start anew. */
const circling = (onward: number[], stuck: Set<number>): number | undefined => {
  const seen = new Int32Array(onward.length).fill(-1);
  for (let start = 0; start < onward.length; start += 1) {
    let id = start;
    while (id !== -1 && seen[id] === -1) {
      seen[id] = start;
      id = onward[id] ?? -1;
    }
    if (id === -1 || seen[id] !== start) continue;
    let waits = false;
    let at = id;
    do {
      waits ||= stuck.has(at);
      at = onward[at] ?? -1;
    } while (at !== id && at !== -1);
    if (!waits) return id;
  }
  return undefined;
};

/** Runs the way to a state again, because only labels were kept. */
const retrace = async (
  machine: Machine,
  start: ModelState,
  nodes: Node[],
  id: number,
  last: string | undefined,
): Promise<Counterexample['path']> => {
  const labels = last === undefined ? [] : [last];
  for (let at = id; at > 0; at = nodes[at]?.parent ?? 0) labels.unshift(nodes[at]?.label ?? '');
  const path = [{ label: 'the execution starts', state: start }];
  let state = start;
  for (const label of labels) {
    const edge: Edge | undefined = (await edgesFrom(machine, state, true)).find((one) => one.label === label);
    if (edge === undefined) throw new Error(`the way to the counterexample is lost at "${label}"`);
    state = edge.to;
    path.push({ label, state });
  }
  return path;
};
