/** All states that can be reached with at most so many troubles. Knows nothing of what a state is. */

type Way<State> = { to: State; trouble: boolean };

/** How a state was first reached with so few troubles: from which other one, by which of its ways. */
type Node = { parent: number; way: number; cost: number };

/** A state that counts as one met before, and how it was reached. */
type Twin<State> = Node & { id: number; state: State };

type Options<State, Out extends Way<State>> = {
  start: State;
  /** At most so many in one run. */
  troubles: number;
  /** At most so many twins are kept, and at least half as many where there are enough. */
  compare: number;
  keyOf(state: State): string;
  /** The ways on, those without trouble first; none for an end. Null: enough is seen, the search is over. */
  waysFrom(state: State, id: number, withTroubles: boolean): Promise<readonly Out[] | null>;
  onWay(from: number, way: Out, to: number): void;
};

/**
 * Those with the fewest troubles first, so that a state met before with fewer has all the ways on that it has now.
 * One that was met by a dear way while the cheaper ones were still being explored is explored again.
 */
export const reach = async <State, Out extends Way<State>>(
  options: Options<State, Out>,
): Promise<{ nodes: readonly Node[]; twins: readonly Twin<State>[]; idOf(state: State): number }> => {
  const { start, troubles, compare, keyOf, waysFrom, onWay } = options;
  const nodes: Node[] = [];
  const known = new Map<string, number>();
  let twins: Twin<State>[] = [];
  let met = 0;
  let every = 1;
  const waiting: ({ id: number; state: State } | undefined)[][] = Array.from(
    { length: troubles + 1 },
    () => [],
  );
  const idOf = (state: State): number => known.get(keyOf(state)) ?? -1;

  const meet = (state: State, node: Node): number => {
    const key = keyOf(state);
    const id = known.get(key);
    if (id === undefined) {
      known.set(key, nodes.length);
      waiting[node.cost]?.push({ id: nodes.length, state });
      return nodes.push(node) - 1;
    }
    if (node.cost < (nodes[id]?.cost ?? 0)) {
      nodes[id] = node;
      waiting[node.cost]?.push({ id, state });
    } else {
      if (compare > 0 && met % every === 0) twins.push({ id, state, ...node });
      met += 1;
      // Spread over the whole search, not only over its beginning.
      if (twins.length > compare) {
        twins = twins.filter((_, index) => index % 2 === 0);
        every *= 2;
      }
    }
    return id;
  };

  meet(start, { parent: -1, way: -1, cost: 0 });
  for (const [cost, queue] of waiting.entries()) {
    // Grows while it is walked; what is done is let go of.
    for (let at = 0; at < queue.length; at += 1) {
      const next = queue[at];
      queue[at] = undefined;
      if (next === undefined || nodes[next.id]?.cost !== cost) continue;
      const ways = await waysFrom(next.state, next.id, cost < troubles);
      if (ways === null) return { nodes, twins: [], idOf };
      for (const [way, one] of ways.entries()) {
        const node = { parent: next.id, way, cost: cost + (one.trouble ? 1 : 0) };
        onWay(next.id, one, meet(one.to, node));
      }
    }
  }
  return { nodes, twins, idOf };
};

/** The numbers of the ways that lead from the start to a state. */
export const waysTo = (nodes: readonly Node[], id: number): number[] => {
  const ways: number[] = [];
  for (let at = id; at > 0; at = nodes[at]?.parent ?? 0) ways.unshift(nodes[at]?.way ?? -1);
  return ways;
};
