/**
 * What the proof has shown and production does not do yet. A run whose every problem is in this list is counted apart and does
 * not fail the exhaust; one that has any other problem does. An entry goes when production holds it: the report names
 * entries that no run met.
 */
type NotYetHeld = {
  /** The proof's faults that show it. */
  faults: readonly string[];
  problem: RegExp;
  because: string;
};

const WRITES = ['foreign-writes'];
const ECS = ['foreign-ecs'];

const notYetHeld: readonly NotYetHeld[] = [
  {
    faults: WRITES,
    problem:
      /^(the plan: .* went to \d+ % green|invariant 1: green went to \d+ % .* somebody else had moved weights)/,
    because:
      "a shift's own weights that somebody writes in the moment between the observation before it and the shift are taken for its own retry",
  },
  {
    faults: WRITES,
    problem: /^invariant 8: .* to another group/,
    because: "a third group that somebody gives weight is nobody's: no step asks whether it answers",
  },
  {
    faults: WRITES,
    problem: /^invariant 8: .* 100 % of its users to blue, which carries 0 %/,
    because: 'weights that somebody gives to a blue that has gone are noticed later than users are lost',
  },
  {
    faults: ECS,
    problem:
      /^invariant 6: recorded as (succeeded, but green is not PRIMARY at|rolled back, but blue is not at its) full scale/,
    because:
      "a task set that somebody scaled to half is judged by its own half: no step asks for green's or blue's scale",
  },
  {
    faults: ECS,
    problem:
      /^it has not converged .*: JudgeHealth awaitOperator, .*: blue (has 1 of 2 tasks healthy|is gone), green has 2 of 2 tasks healthy;.* blue does not come back, promote or abort$/,
    because:
      'blue was scaled down or deleted by somebody, so green carries users and a person is asked for a day: a run ends before that day does',
  },
  {
    faults: ECS,
    problem:
      /^it has not converged .*: JudgeHealth hold, .*green has 1 of 2 tasks healthy; green has 1 of 1 targets healthy/,
    because:
      'green was scaled to half by somebody while it bakes: users are moved to blue, its own half is judged healthy, and the bake never ends',
  },
  {
    faults: ECS,
    problem: /^it has not converged .*: RollBack held, .*blue (has 1 of 2 tasks healthy|is gone)/,
    because:
      'blue was scaled down or deleted by somebody, so a rollback holds for its two days: a run ends before they do',
  },
  {
    faults: ECS,
    problem: /^invariant 8: .* of its users to (blue|green), which carries \d+ %/,
    because:
      'a colour that somebody takes away while it bakes is noticed only at the next observation of a long bake',
  },
];

/** The entry that explains every one of a run's problems together with others of the list; null where one is new. */
export const knownProblems = (
  fault: string,
  problems: readonly string[],
  entries: readonly NotYetHeld[] = notYetHeld,
): NotYetHeld[] | null => {
  const found = problems.map((text) =>
    entries.find(({ faults, problem }) => faults.includes(fault) && problem.test(text)),
  );
  return found.every((entry) => entry !== undefined) ? [...new Set(found)] : null;
};
