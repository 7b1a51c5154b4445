import type { Random } from '../../sim/kernel/random.ts';
import type { MayLose, ProofFault } from '../faults/fault.types.ts';
import { faultNamed, proofFaults } from '../faults/faults.ts';
import { idOf, type Point } from '../stage/points.ts';
import { quickHealthy } from '../stage/small-names.ts';
import { type Base, plays } from './base.ts';

/** A second fault of the same run, at a point of its own. */
type Beside = { fault: ProofFault; point: Point };

/** What strikes tasks of a colour, by the colour; another's hand may mean either. */
const strikes = ({ name, variantOf }: ProofFault): string | null => {
  const [, colour] = /^(blue|green)-(?:task-dies|stays-short)$/.exec(name) ?? [];
  return colour ?? (/^(colours-die|unwell-colours|foreign-ecs)$/.test(variantOf ?? name) ? 'any' : null);
};

/**
 * Together they may leave nobody who could answer, which no deployment can help; beside a version that is bad one of
 * them is enough.
 */
const mayLeaveNobody = ({ version }: Base, a: ProofFault, b: ProofFault): boolean => {
  const [one, other] = [strikes(a), strikes(b)];
  if (version !== quickHealthy) return other !== null;
  return one !== null && other !== null && (one === other || one === 'any' || other === 'any');
};

/**
 * Who closes the record while its execution ends has written twice that it is over; the last state is another one once
 * something came before it; and reads that are scarce have a bound for what else happens.
 */
const ALONE: readonly string[] = ['closed-by-hand', 'foreign-after-the-end', 'scarce-reads'];

/** What comes with the first fault, at any point where it means something; null: nothing does. */
export const drawBeside = (
  base: Base,
  points: readonly Point[],
  first: ProofFault,
  random: Random,
): Beside | null => {
  const others = proofFaults.filter(
    (fault) =>
      plays(base, fault) &&
      fault.name !== first.name &&
      !mayLeaveNobody(base, first, fault) &&
      !ALONE.includes(fault.name) &&
      !ALONE.includes(first.name),
  );
  for (let tries = 0; tries < 20; tries += 1) {
    const fault = others[random.between(0, others.length - 1)];
    const point = points[random.between(0, points.length - 1)];
    if (fault !== undefined && point !== undefined && fault.arm(point) !== null) return { fault, point };
  }
  return null;
};

/** `green-task-dies@call:12`, as `--beside` takes it. */
export const besideId = ({ fault, point }: Beside): string => `${fault.name}@${idOf(point)}`;

/** Null: not of the form, no such fault, or no such point. */
export const besideOf = (text: string, points: readonly Point[]): Beside | null => {
  const [name = '', id] = text.split('@');
  const fault = faultNamed(name);
  const point = points.find((each) => idOf(each) === id);
  return fault === undefined || point === undefined ? null : { fault, point };
};

const both = (a: MayLose, b: MayLose): MayLose => ({
  causes: [...new Set([...a.causes, ...b.causes])],
  atMost: a.atMost + b.atMost,
  because: `${a.because}; ${b.because}`,
});

/** The first fault with the second one armed beside it: a run may cost what either may. */
export const withBeside = (first: ProofFault, { fault, point }: Beside): ProofFault => ({
  ...first,
  beside: fault.variantOf ?? fault.name,
  mayLose: both(first.mayLose, fault.mayLose),
  keepsFromRunningMs: (first.keepsFromRunningMs ?? 0) + (fault.keepsFromRunningMs ?? 0),
  endsAlike: first.endsAlike && fault.endsAlike,
  arm: (at, span) => {
    const disturb = first.arm(at, span);
    const besides = fault.arm(point);
    return disturb === null || besides === null
      ? null
      : (stage) => {
          disturb(stage);
          besides(stage);
        };
  },
});
