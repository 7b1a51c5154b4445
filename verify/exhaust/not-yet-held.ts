/**
 * What the proof has shown and production does not do yet. A run is counted apart if the list has all of its problems;
 * a single other problem fails it, and the exhaust. An entry is removed when production holds it: the report names
 * entries that no run met.
 */
type NotYetHeld = {
  /** The proof's faults that show it. */
  faults: readonly string[];
  /** Where it strikes; absent: anywhere. */
  at?: RegExp;
  problem: RegExp;
  because: string;
};

const WRITES = ['foreign-writes'];

const notYetHeld: readonly NotYetHeld[] = [
  {
    faults: WRITES,
    problem:
      /^(the plan: .* went to \d+ % green|invariant 1: green went to \d+ % .* somebody else had moved weights)/,
    because:
      "a shift's own weights that somebody writes in the moment between the observation before it and " +
      'the shift are taken for its own retry: they are the same, every check of the shift is made all the ' +
      'same, and to know whose they are would take a note before each shift (docs/decisions.md)',
  },
  {
    faults: WRITES,
    at: / by ShiftTraffic$/,
    problem: /^invariant 1: Modify\w+ on .* added or dropped a group that is not the deployment's/,
    because:
      'a group that somebody adds in the moment between the read before a write and the write is dropped: the API ' +
      'takes no condition',
  },
  {
    faults: WRITES,
    problem: /^invariant 8: .* 100 % of its users to blue, which carries 0 %/,
    because: 'weights that somebody gives to a blue that has gone are noticed later than users are lost',
  },
  {
    faults: ['silent'],
    at: /entering (JudgeHealth|RollBack)$/,
    problem: /^invariant 8: .* 20 % of its users to green, which carries 0 %, for 300 s/,
    because:
      'while each Lambda of JudgeHealth, or of RollBack, runs out of its time a green that answers nobody keeps its ' +
      'users: a minute a try, and the state machine tries for longer than five',
  },
];

/** The entry that explains every one of a run's problems together with others of the list; null where one is new. */
export const knownProblems = (
  { faults, at }: { faults: readonly string[]; at: string },
  problems: readonly string[],
  entries: readonly NotYetHeld[] = notYetHeld,
): NotYetHeld[] | null => {
  const found = problems.map((text) =>
    entries.find(
      (entry) =>
        entry.faults.some((fault) => faults.includes(fault)) &&
        entry.at?.test(at) !== false &&
        entry.problem.test(text),
    ),
  );
  return found.every((entry) => entry !== undefined) ? [...new Set(found)] : null;
};
