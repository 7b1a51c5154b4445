import { decisionInWords } from '../core/deployment/in-words.ts';
import { formatDuration } from '../core/duration.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import { isStep } from './contract.ts';
import type { Sentence } from './sentences.ts';
import { stateTable } from './states.ts';

/** A line of a deployment's timeline, with its details as plain JSON. */
type StepLine = Omit<Sentence, 'bad'> & { kind: 'step' | 'decision'; data: Record<string, unknown> };

const whenNext = (decision: Decision): string =>
  decision.kind === 'hold' ? `, next observation in ${formatDuration(decision.waitSeconds * 1_000)}` : '';

const decided = (decision: Decision): StepLine => ({
  kind: 'decision',
  what: `${decisionInWords[decision.kind]}${whenNext(decision)}`,
  why: decision.reason,
  data: { kind: decision.kind, position: decision.position, evidence: decision.evidence },
});

/** The timeline's line for a step that succeeded, or null for one that adds none. */
export const lineOfStep = (state: string, result: unknown): StepLine | null => {
  if (!isStep(state)) return null;
  if (state === 'JudgeHealth') return decided(result as Decision);
  const { line: sentenceOf } = stateTable[state];
  if (sentenceOf === null) return null;
  const { bad = false, ...line } = sentenceOf(result as never);
  return { kind: 'step', ...line, data: { state, phase: 'said', bad } };
};
