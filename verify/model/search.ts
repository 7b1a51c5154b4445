import { edgesFrom, isOver } from './edges.ts';
import { isDestroyed, problemsAtEnd } from './ends.ts';
import { runningIn } from './executions.ts';
import { keyOf } from './key.ts';
import { type Machine, settle } from './machine.ts';
import type { Edge, ModelState } from './model.types.ts';
import { reach, waysTo } from './reach.ts';
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
  /** States that count as another one and were explored all the same, to see that they go the same ways. */
  compared: number;
  counterexample: Counterexample | null;
};

/** A state by its number, or one more edge from it: where the problem is. */
type Found = { problem: string; id: number; edge?: number; other?: number };

type Out = Edge & { trouble: boolean };

/** The world right before the first Task. */
const firstState = (machine: Machine): ModelState => {
  const state = startOf(machine.base);
  for (const execution of state.executions) settle(machine, state, execution, machine.definition.startAt);
  return state;
};

const waysOn = async (machine: Machine, state: ModelState, withTroubles: boolean): Promise<Out[]> =>
  isOver(state)
    ? []
    : (await edgesFrom(machine, state, withTroubles)).map((edge) => ({
        ...edge,
        trouble: edge.by === 'trouble',
      }));

/**
 * Every state that can be reached, held against the invariants on every way and at every end; then whether each has a
 * way to an end. `compare`: of the states that count as one met before, at most so many are explored all the same.
 */
export const explore = async (machine: Machine, { compare = 0 } = {}): Promise<Exploration> => {
  const start = firstState(machine);
  const { troubles } = machine.base;
  /** The steps that cost no trouble, the one that the deployment goes by itself, and all of a state as text. */
  const free: Step[] = [];
  const next: number[] = [];
  const leadsTo: Set<string>[] = [];
  const ends: number[] = [];
  const destroyed: number[] = [];
  const ended = new Set<number>();
  let edges = 0;
  let compared = 0;
  let found: Found | undefined;

  const { nodes, twins, idOf } = await reach<ModelState, Out>({
    start,
    troubles,
    compare,
    keyOf,
    waysFrom: async (state, id, withTroubles) => {
      next[id] = -1;
      leadsTo[id] = new Set();
      if (isDestroyed(state)) destroyed.push(id);
      if (runningIn(state) === undefined) ended.add(id);
      if (isOver(state)) {
        ends.push(id);
        const [problem] = problemsAtEnd(start, state);
        if (problem !== undefined) found = { problem, id };
      }
      const ways = await waysOn(machine, state, withTroubles);
      const edge = ways.findIndex(({ problems }) => problems.length > 0);
      if (edge !== -1) found ??= { problem: ways[edge]?.problems[0] ?? '', id, edge };
      return found === undefined ? ways : null;
    },
    onWay: (from, { by }, to) => {
      edges += 1;
      if (compare > 0) leadsTo[from]?.add(`${by} ${to}`);
      if (by !== 'trouble') free.push({ from, to });
      if (by === 'ours') next[from] = to;
    },
  });

  const lost = found === undefined ? withoutWay(nodes.length, free, [...ends, ...destroyed]) : undefined;
  if (lost !== undefined) found = { problem: 'there is no way from here to an end', id: lost };
  const circle = found === undefined ? circling(next, ended) : undefined;
  if (circle !== undefined)
    found = { problem: 'left alone, the deployment goes in circles from here on', id: circle };

  for (const { id, state, cost, parent, way } of found === undefined ? twins : []) {
    compared += 1;
    const here = await waysOn(machine, state, cost < troubles);
    const names = here.map(({ by, to }) => `${by} ${idOf(to)}`);
    const odd = here.find((_, index) => leadsTo[id]?.has(names[index] ?? '') === false);
    const missing = [...(leadsTo[id] ?? [])].some(
      (name) => !names.includes(name) && (cost < troubles || !name.startsWith('trouble')),
    );
    if (odd === undefined && !missing) continue;
    const problem = `the same state by its key goes other ways: ${odd?.label ?? 'one of the other is missing'}`;
    found = { problem, id: parent, edge: way, other: id };
    break;
  }

  const pathTo = (id: number, edge?: number) =>
    retrace(machine, start, edge === undefined ? waysTo(nodes, id) : [...waysTo(nodes, id), edge]);
  const counterexample = found && {
    problem: found.problem,
    path: await pathTo(found.id, found.edge),
    ...(found.other === undefined ? {} : { other: await pathTo(found.other) }),
  };
  return { states: nodes.length, edges, ends: ends.length, compared, counterexample: counterexample ?? null };
};

/** Runs the way to a state again, because only its edges' numbers were kept. */
const retrace = async (machine: Machine, start: ModelState, ways: readonly number[]): Promise<Path> => {
  const path = [{ label: 'the execution starts', state: start }];
  let state = start;
  for (const way of ways) {
    // The edges without trouble come first, so their numbers are the same with and without.
    const edge: Edge | undefined = (await edgesFrom(machine, state, true))[way];
    if (edge === undefined) throw new Error(`the way to the counterexample is lost: there is no edge ${way}`);
    state = edge.to;
    path.push({ label: edge.label, state });
  }
  return path;
};
