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

const NOT_AFTER_A_JUDGEMENT = [
  // A promoted green is judged again where the plan has no further shift: nothing is shifted after that way.
  'BlueRetired? JudgeHealth',
  // RunHooks leads back to where it was come from.
  'HooksDone? AttachGreen',
  'HooksDone? CheckGreen',
];

const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
  const state = states[from];
  if (from === to) return true;
  if (state === undefined || seen.has(from)) return false;
  seen.add(from);
  return successors(state).some(
    (next) => !NOT_AFTER_A_JUDGEMENT.includes(`${from} ${next}`) && reaches(next, to, seen),
  );
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
