import { edgesFrom, isOver } from './edges.ts';
import { isDestroyed, problemsAtEnd } from './ends.ts';
import { runningIn } from './executions.ts';
import { keyOf } from './key.ts';
import { type Machine, settle } from './machine.ts';
import type { Edge, ModelState } from './model.types.ts';
import { startOf } from './the-service.ts';
import { circling, type Step, withoutWay } from './ways.ts';

export type Path = { label: string; state: ModelState }[];

export type Counterexample = {
  problem: string;
  path: Path;
  /** The other of two states that should go the same ways. */
  other?: Path;
};

export type Exploration = {
  states: number;
  edges: number;
  /** States in which the deployment is over. */
  ends: number;
  /** States that count as another one and were looked at all the same, to see that they go the same ways. */
  compared: number;
  counterexample: Counterexample | null;
};

/** How a state was first reached with so few troubles: from which other one, by which of its edges. */
type Node = { parent: number; edge: number; cost: number };

type Reached = { id: number; state: ModelState };

/** A state that counts as one met before, and how it was reached. */
type Twin = Reached & Node;

/** The world right before the first Task. */
export const firstState = (machine: Machine): ModelState => {
  const state = startOf(machine.base);
  for (const execution of state.executions) settle(machine, state, execution, machine.definition.startAt);
  return state;
};

/**
 * All states that can be reached with at most so many troubles, those with the fewest first: a state that was met
 * with fewer troubles before has all the ways on that it has now. `compare`: of the states that count as one met before,
 * so many are looked at all the same.
 */
export const explore = async (machine: Machine, { compare = 0 } = {}): Promise<Exploration> => {
  const start = firstState(machine);
  const { troubles } = machine.base;
  const nodes: Node[] = [];
  const known = new Map<string, number>();
  const waiting: (Reached | undefined)[][] = Array.from({ length: troubles + 1 }, () => []);
  const twins: Twin[] = [];
  /** The steps that cost no trouble, the one that the deployment goes by itself, and all of a state as text. */
  const free: Step[] = [];
  const onward: number[] = [];
  const ways: Set<string>[] = [];
  const ends: number[] = [];
  const destroyed: number[] = [];
  const ended = new Set<number>();
  let edgeCount = 0;
  let compared = 0;

  const meet = (state: ModelState, node: Node): number => {
    const key = keyOf(state);
    const id = known.get(key);
    if (id === undefined) {
      known.set(key, nodes.length);
      waiting[node.cost]?.push({ id: nodes.length, state });
      onward.push(-1);
      return nodes.push(node) - 1;
    }
    // Met before by a way with more troubles, while those with fewer were still being looked at.
    if (node.cost < (nodes[id]?.cost ?? 0)) {
      nodes[id] = node;
      waiting[node.cost]?.push({ id, state });
    } else if (twins.length < compare) twins.push({ id, state, ...node });
    return id;
  };
  const result = (counterexample: Counterexample | null): Exploration => ({
    states: nodes.length,
    edges: edgeCount,
    ends: ends.length,
    compared,
    counterexample,
  });
  const pathTo = (id: number, edge?: number) => retrace(machine, start, nodes, id, edge);

  meet(start, { parent: -1, edge: -1, cost: 0 });
  for (let cost = 0; cost <= troubles; cost += 1) {
    // Grows while it is walked; what is done is let go of.
    const queue = waiting[cost] ?? [];
    for (let at = 0; at < queue.length; at += 1) {
      const next = queue[at];
      queue[at] = undefined;
      if (next === undefined || nodes[next.id]?.cost !== cost) continue;
      const { id, state } = next;
      if (isOver(state)) {
        ends.push(id);
        const [problem] = problemsAtEnd(start, state);
        if (problem !== undefined) return result({ problem, path: await pathTo(id) });
        continue;
      }
      if (isDestroyed(state)) destroyed.push(id);
      if (runningIn(state) === undefined) ended.add(id);
      const edges = await edgesFrom(machine, state, cost < troubles);
      const here = new Set<string>();
      for (const [edge, { by, to, problems }] of edges.entries()) {
        edgeCount += 1;
        const [problem] = problems;
        if (problem !== undefined) return result({ problem, path: await pathTo(id, edge) });
        const then = meet(to, { parent: id, edge, cost: cost + (by === 'trouble' ? 1 : 0) });
        if (compare > 0) here.add(`${by} ${then}`);
        if (by !== 'trouble') free.push({ from: id, to: then });
        if (by === 'ours') onward[id] = then;
      }
      if (compare > 0) ways[id] = here;
    }
  }

  const lost = withoutWay(nodes.length, free, [...ends, ...destroyed]);
  if (lost !== undefined)
    return result({ problem: 'there is no way from here to an end', path: await pathTo(lost) });
  const circle = circling(onward, ended);
  if (circle !== undefined) {
    const problem = 'left alone, the deployment goes in circles from here on';
    return result({ problem, path: await pathTo(circle) });
  }

  for (const twin of twins) {
    compared += 1;
    const { id, state, cost, parent, edge } = twin;
    const edges = isOver(state) ? [] : await edgesFrom(machine, state, cost < troubles);
    const here = new Set(edges.map(({ by, to }) => `${by} ${known.get(keyOf(to))}`));
    const there = [...(ways[id] ?? [])].filter((way) => cost < troubles || !way.startsWith('trouble'));
    const odd = edges.find(({ by, to }) => !ways[id]?.has(`${by} ${known.get(keyOf(to))}`));
    if (odd === undefined && there.every((way) => here.has(way))) continue;
    const problem = `the same state by its key goes other ways: ${odd?.label ?? 'one of the other is missing'}`;
    return result({ problem, path: await pathTo(parent, edge), other: await pathTo(id) });
  }
  return result(null);
};

/** Runs the way to a state again, because only its edges were kept; `last`: and one more edge. */
const retrace = async (
  machine: Machine,
  start: ModelState,
  nodes: readonly Node[],
  id: number,
  last?: number,
): Promise<Path> => {
  const edges = last === undefined ? [] : [last];
  for (let at = id; at > 0; at = nodes[at]?.parent ?? 0) edges.unshift(nodes[at]?.edge ?? -1);
  const path = [{ label: 'the execution starts', state: start }];
  let state = start;
  for (const index of edges) {
    // The edges without trouble come first, so their numbers are the same with and without.
    const edge: Edge | undefined = (await edgesFrom(machine, state, true))[index];
    if (edge === undefined)
      throw new Error(`the way to the counterexample is lost: there is no edge ${index}`);
    state = edge.to;
    path.push({ label: edge.label, state });
  }
  return path;
};
