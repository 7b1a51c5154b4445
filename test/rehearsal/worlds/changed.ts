import type { WorldSeed } from '../../../sim/parts.types.ts';

/** A world is data: tests change a copy. */
export const changed = (world: WorldSeed, change: (copy: WorldSeed) => void): WorldSeed => {
  const copy = structuredClone(world);
  change(copy);
  return copy;
};

/** Every string of the world with a part replaced, as another kind of load balancer has other ARNs. */
export const renamed = (world: WorldSeed, from: string, to: string): WorldSeed => {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(from, to);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object' || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [walk(key), walk(member)]));
  };
  return walk(structuredClone(world)) as WorldSeed;
};
