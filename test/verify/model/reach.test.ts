import { expect, test } from 'vitest';
import { reach, waysTo } from '../../../verify/model/reach.ts';

type Graph = Record<string, readonly { to: string; trouble: boolean }[]>;

const calm = (to: string) => ({ to, trouble: false });
const trouble = (to: string) => ({ to, trouble: true });

const reached = async (graph: Graph, troubles: number, compare = 0) => {
  const ids = new Map<string, number>();
  const visited: string[] = [];
  const found = await reach({
    start: 'start',
    troubles,
    compare,
    // States of the same letter count as the same.
    keyOf: (state) => state.replace(/\d/, ''),
    waysFrom: async (state, id, withTroubles) => {
      visited.push(state);
      ids.set(state, id);
      return (graph[state] ?? []).filter((way) => withTroubles || !way.trouble);
    },
    onWay: () => {},
  });
  return { ...found, visited, waysTo: (state: string) => waysTo(found.nodes, ids.get(state) ?? -1) };
};

test('no more troubles than allowed are met in one run', async () => {
  const graph = { start: [trouble('a')], a: [trouble('b')], b: [trouble('c')] };

  expect((await reached(graph, 1)).visited).toEqual(['start', 'a']);
  expect((await reached(graph, 2)).visited).toEqual(['start', 'a', 'b']);
});

test('a state met through trouble, and later without, has the ways on of the cheaper way', async () => {
  const graph = { start: [calm('long'), trouble('a')], long: [calm('a')], a: [trouble('b')] };

  const { visited, waysTo } = await reached(graph, 1);

  expect(visited).toContain('b');
  expect(visited.filter((state) => state === 'a')).toHaveLength(1);
  expect(waysTo('b')).toEqual([0, 0, 0]);
});

test('states that count as the same are read once, and kept to be compared', async () => {
  const graph = { start: [calm('a1'), calm('a2')], a1: [calm('b')], a2: [calm('c')] };

  const { visited, twins } = await reached(graph, 0, 10);

  expect(visited).toEqual(['start', 'a1', 'b']);
  expect(twins).toEqual([{ id: 1, state: 'a2', parent: 0, way: 1, cost: 0 }]);
});

test('of many states to be compared some are kept, from the beginning to the end', async () => {
  const a = Array.from({ length: 10 }, (_, index) => calm(`a${index}`));

  const { twins } = await reached({ start: a }, 0, 4);

  expect(twins.map(({ state }) => state)).toEqual(['a1', 'a5', 'a9']);
});
