/** A seeded source of numbers. Every id, delay and fault of a run comes from one of these. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [low, high]. */
  between(low: number, high: number): number;
  /** `length` lower-case hex digits. */
  hex(length: number): string;
  /** An independent stream: draws from it do not disturb this one, so a new consumer changes no old run. */
  fork(label: string): Random;
};

/** FNV-1a, to turn a seed and a label into a stream's start. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
};

/** mulberry32: 32 bits of state, passes the small batteries, and needs no library. */
export const seededRandom = (seed: number, label = 'root'): Random => {
  let state = hash(`${seed}/${label}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const hex = (length: number): string => Array.from({ length }, () => between(0, 15).toString(16)).join('');
  return { next, between, hex, fork: (child) => seededRandom(seed, `${label}/${child}`) };
};

/** One item, drawn with the same chance for each. */
export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.between(0, items.length - 1)] as Item;
