import type { DecisionKind } from '../vocabulary/decision.types.ts';
import type { OutcomeKind, RolledBack } from '../vocabulary/ending.types.ts';
import type { Shift } from '../vocabulary/request.types.ts';

/** What a person reads in place of the names that the workflow's file has for decisions and ends. */

export const decisionInWords: Record<DecisionKind, string> = {
  hold: 'hold',
  advance: 'advance',
  promote: 'promote',
  rollBack: 'roll back',
  awaitOperator: 'waiting for an operator',
  runHooks: 'waiting for hooks',
};

export const outcomeInWords: Record<OutcomeKind, string> = {
  succeeded: 'succeeded',
  rolledBack: 'rolled back',
  refused: 'refused',
  stuck: 'stuck',
};

export const rollBackInWords: Record<RolledBack['kind'], string> = {
  restored: 'roll back, restored',
  held: 'roll back, held',
  finishForward: 'no roll back, finishing instead',
  stuck: 'roll back, stuck',
};

/** A position of the plan: `5 %`, or the test before its first user. */
export const shiftInWords = ({ greenPct, test }: Pick<Shift, 'greenPct' | 'test'>): string =>
  test === true ? 'test' : `${greenPct} %`;
