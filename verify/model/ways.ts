/** What the graph of all states tells about the ways through it. States are numbers. */

/** One state is left for another. */
export type Step = { from: number; to: number };

/** The first state from which no way leads to an end. */
export const withoutWay = (
  count: number,
  steps: readonly Step[],
  ends: readonly number[],
): number | undefined => {
  const before: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of steps) before[to]?.push(from);
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
export const circling = (next: readonly number[], ended: ReadonlySet<number>): number | undefined => {
  const seen = new Int32Array(next.length).fill(-1);
  for (let start = 0; start < next.length; start += 1) {
    let id = start;
    while (id !== -1 && seen[id] === -1) {
      seen[id] = start;
      id = next[id] ?? -1;
    }
    if (id === -1 || seen[id] !== start) continue;
    let waits = false;
    let at = id;
    do {
      waits ||= ended.has(at);
      at = next[at] ?? -1;
    } while (at !== id && at !== -1);
    if (!waits) return id;
  }
  return undefined;
};
