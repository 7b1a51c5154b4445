import { expect, test } from 'vitest';
import { loadDefinition, successors } from '../../sim/stepfunctions/load.ts';
import { stepNames } from '../../statemachine/contract.ts';
import workflow from '../../statemachine/deploy.asl.json' with { type: 'json' };
import { phases } from '../../statemachine/phases.ts';
import { phaseOf, type StateName, stateNames, stateTable, trafficAt } from '../../statemachine/states.ts';

const { states } = loadDefinition(
  workflow,
  Object.fromEntries(stepNames.map((step) => [`${step}Arn`, `arn:${step}`])),
);

/** A promoted green is judged again where the plan has no further shift: nothing is shifted after that way. */
const NO_SHIFT_AFTER = 'BlueRetired? JudgeHealth';

const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
  const state = states[from];
  if (from === to) return true;
  if (state === undefined || seen.has(from)) return false;
  seen.add(from);
  return successors(state).some((next) => `${from} ${next}` !== NO_SHIFT_AFTER && reaches(next, to, seen));
};

test('every state of the workflow has its row, in the order of the file, and no row is of another', () => {
  expect(stateNames).toEqual(Object.keys(workflow.States));
});

test('every phase has a state', () => {
  const lived = new Set(stateNames.map((name) => stateTable[name].phase));

  expect([...lived].sort()).toEqual(Object.keys(phases).sort());
});

test.each(stateNames)(
  '%s: what of the traffic is decided there is what the graph allows',
  (name: StateName) => {
    const judged = reaches(name, 'JudgeHealth');
    const afterJudgement = name === 'JudgeHealth' || (reaches('JudgeHealth', name) && judged);
    // A recovery waits in a phase of its own: no way leads from it to a judgement.
    expect(trafficAt(name)).toBe(judged ? (afterJudgement ? 'moving' : 'before') : 'decided');
  },
);

test('what is no state has no phase', () => {
  expect(phaseOf('Sweep')).toBeUndefined();
  expect(phaseOf('toString')).toBeUndefined();
});
