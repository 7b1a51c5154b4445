import type { Random } from '../../sim/kernel/random.ts';

/** One input of Cutover: how a case of it is drawn, and who reads it. */
export type Target = {
  name: string;
  cases: number;
  /** The input as text: JSON, YAML, or what a person types. */
  draw(random: Random): string;
  /** Reads it. What it throws counts as a crash, unless it is one of our own errors. */
  feed(input: string): unknown;
};

/** Our words for a crash that did not surface as an error thrown to the caller. */
export class Crash extends Error {}
