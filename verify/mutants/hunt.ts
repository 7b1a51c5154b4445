import { type Base, plays } from '../exhaust/base.ts';
import { baseNamed, bases } from '../exhaust/bases.ts';
import { prove, type Undisturbed, undisturbed } from '../exhaust/prove.ts';
import { faultNamed, proofFaults } from '../faults/faults.ts';
import { describeFault, scheduleOf } from '../soak/schedule.ts';
import { shrink } from '../soak/shrink.ts';
import { keep, playSchedule } from '../soak/soak-runs.ts';
import { describePoint } from '../stage/points.ts';
import { bothDeploy, problemsOfBoth } from '../stage/two-installations.ts';
import { lineOf } from '../timeline.ts';
import type { Hunt } from './mutant.types.ts';

/** The run that showed a defect. */
export type Catch = {
  /** Base, fault and point, or seed and the faults that matter. */
  where: string;
  problems: string[];
  /** When asked for. */
  timeline: string[];
};

export type HuntResult = { caught: Catch | null; runs: number; milliseconds: number };

type OnEvent = Parameters<typeof undisturbed>[1];

/** How a found failure is printed: without a timeline, with one, or with every event in it. */
export type Printing = 'short' | 'timeline' | 'verbose';

/** Everything: each base undisturbed, each fault at each of its points, and some seeds. */
export const everywhere: readonly Hunt[] = [
  ...bases.map(({ name }) => ({ base: name })),
  ...bases.flatMap((base) =>
    proofFaults
      .filter((fault) => plays(base, fault))
      .map((fault) => ({ base: base.name, fault: fault.name })),
  ),
  { seeds: { from: 0, count: 60 } },
];

const counter = () => {
  let runs = 0;
  const add = (): void => {
    runs += 1;
  };
  return { add, runs: () => runs };
};
type Counter = ReturnType<typeof counter>;

const replayed = async (
  printing: Printing,
  again: (onEvent: OnEvent) => Promise<unknown>,
): Promise<string[]> => {
  if (printing === 'short') return [];
  const lines: string[] = [];
  await again((event, sinceStartMs) => {
    if (printing === 'verbose' || event.detail !== true) lines.push(lineOf(event, sinceStartMs));
  });
  return lines;
};

const known = new Map<string, Undisturbed>();

const inBase = async (
  { base: baseName, ...hunt }: Extract<Hunt, { base: string }>,
  printing: Printing,
  count: Counter,
): Promise<Catch | null> => {
  const base: Base | undefined = baseNamed(baseName);
  if (base === undefined) throw new Error(`there is no base ${baseName}`);
  const before = known.get(baseName) ?? (await undisturbed(base));
  if (!known.has(baseName)) count.add();
  known.set(baseName, before);
  if (before.problems.length > 0) {
    const timeline = await replayed(printing, (onEvent) => undisturbed(base, onEvent));
    return { where: `${baseName}, undisturbed`, problems: before.problems, timeline };
  }
  if (!('fault' in hunt)) return null;

  const fault = faultNamed(hunt.fault);
  if (fault === undefined) throw new Error(`there is no fault ${hunt.fault}`);
  const points = before.points.filter((point) => describePoint(point).includes(hunt.at ?? ''));
  if (points.length === 0) throw new Error(`${baseName} has no point "${hunt.at}"`);
  for (const point of points) {
    const verdict = await prove(base, before, point, fault);
    count.add();
    if (verdict?.kind !== 'failed') continue;
    const timeline = await replayed(printing, (onEvent) => prove(base, before, point, fault, { onEvent }));
    return {
      where: `${baseName}, ${fault.name} at ${describePoint(point)}`,
      problems: verdict.problems,
      timeline,
    };
  }
  return null;
};

const inSeeds = async (
  { seeds: { from, count: seeds } }: Extract<Hunt, { seeds: unknown }>,
  printing: Printing,
  count: Counter,
): Promise<Catch | null> => {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const schedule = scheduleOf(seed);
    const { problems } = await playSchedule(schedule, schedule.faults);
    count.add();
    if (problems.length === 0) continue;
    const matter = await shrink(
      schedule.faults.map((_fault, index) => index),
      async (kept) => (await playSchedule(schedule, keep(schedule, kept))).problems.length > 0,
    );
    const faults = keep(schedule, matter);
    const shrunk = await playSchedule(schedule, faults);
    const words = faults.map((fault) => describeFault(fault, schedule)).join('; ');
    return {
      where: `seed ${seed}, ${words === '' ? 'no fault at all' : words}`,
      problems: shrunk.problems,
      timeline: await replayed(printing, (onEvent) => playSchedule(schedule, faults, onEvent)),
    };
  }
  return null;
};

const inTwo = async (
  { apartSeconds }: Extract<Hunt, { installations: unknown }>,
  count: Counter,
): Promise<Catch | null> => {
  const problems = problemsOfBoth(await bothDeploy(apartSeconds));
  count.add();
  return problems.length === 0
    ? null
    : { where: `two installations, ${apartSeconds} s apart`, problems, timeline: [] };
};

const place = (one: Hunt, printing: Printing, count: Counter): Promise<Catch | null> => {
  if ('installations' in one) return inTwo(one, count);
  return 'seeds' in one ? inSeeds(one, printing, count) : inBase(one, printing, count);
};

/** Tries one place after the other until a run fails. */
export const hunt = async (hunts: readonly Hunt[], printing: Printing): Promise<HuntResult> => {
  const startedMs = performance.now();
  const count = counter();
  let caught: Catch | null = null;
  for (const one of hunts) {
    caught = await place(one, printing, count);
    if (caught !== null) break;
  }
  return { caught, runs: count.runs(), milliseconds: performance.now() - startedMs };
};
