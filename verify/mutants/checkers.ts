/**
 * Every sentence by which the proof fails, and the mutant that it convicts. test/verify/mutants/checkers.test.ts finds
 * each in its file, and no other there; `npm run verify:mutants` sees that the mutant is caught by that very sentence.
 */
type Checker = {
  /** Where the sentence is made. */
  file: string;
  /** A part of it without names and numbers. */
  text: string;
} & ({ mutant: string } | { not: string });

const of = (
  file: string,
  rows: readonly (readonly [text: string, mutant: string | { not: string }])[],
): Checker[] => rows.map(([text, by]) => ({ file, text, ...(typeof by === 'string' ? { mutant: by } : by) }));

export const checkers: readonly Checker[] = [
  ...of('core/safety/checks.ts', [
    [
      'changed although nobody wrote to it',
      { not: 'it holds the simulator to its word: no call, no change' },
    ],
    ['was written with weights that sum to', 'weights-that-do-not-sum'],
    ['changed more than weights', 'stickiness-dropped'],
    ["added or dropped a group that is not the deployment's", 'other-groups-dropped'],
    ['gained weight on', 'green-attached-with-weight'],
    ['took capacity from blue before its retirement', 'task-set-of-anybody'],
    ['before its retirement', 'blue-evicted-while-baking'],
    ['was not all green', 'first-page-only'],
    [
      'on blue while green had not all its targets healthy',
      { not: 'what was read is judged first, by the sentence that green had lost targets' },
    ],
    ['gave it weight', 'green-goes-with-traffic'],
    ['before it had the tasks for it', 'weight-before-capacity'],
    ['was open to testers while', 'test-route-follows-too-early'],
    ['gave green its first users while', 'test-route-open-as-all-come'],
    ['while the lease is held by', 'lease-not-checked'],
    ['task sets carry deployment', 'no-client-token'],
    ['which belongs to', 'youngest-removed'],
  ]),
  ...of('core/safety/convergence.ts', [
    ['the lease is still held by', 'nobody-recovers'],
    ['what scales the service was found', 'scaling-stays-suspended'],
    ['somebody else made what scales the service', 'scaling-of-others-overwritten'],
    ['left over: ', 'twin-without-a-name'],
    ['is not all green', 'first-ends-unread'],
    ["recorded as succeeded, but blue's task set is still there", 'retirement-not-awaited'],
    ['recorded as succeeded, but green is not PRIMARY at full scale', 'first-not-promoted'],
    ['is not as it was', 'first-keeps-its-routes'],
    ["recorded as rolled back, but green's task set is still there", 'removal-not-awaited'],
    ['recorded as rolled back, but blue is not at its full scale', 'primary-stays-with-green'],
    ['recorded as refused, but something changed', 'rollback-called-refusal'],
    ['stuck: the deployment did not converge', 'lease-freed-when-stuck'],
    ['the record was not closed', 'record-not-closed'],
  ]),
  ...of('verify/stage/two-installations.ts', [['of two deployments at once succeeded', 'rival-not-seen']]),
  ...of('verify/stage/observations.ts', [
    ['without a read of', 'unknown-is-healthy'],
    ['although the last observation showed', 'red-at-the-start-passes'],
    ['although the last observation showed that green had lost targets', 'blue-goes-from-a-sick-green'],
    ['although the last observation showed that a person had said', 'commands-ignored-while-baking'],
    ['although an observation showed that somebody else had moved weights', 'drift-ignored'],
    ['before green was healthy for healthyFor', 'healthy-for-a-moment'],
  ]),
  ...of('verify/stage/comparison-checker.ts', [['its comparison began again', 'comparison-begins-again']]),
  ...of('verify/stage/drift-checker.ts', [['which somebody else wrote, to', 'reasserted-unasked']]),
  ...of('verify/stage/evidence-checker.ts', [
    ['while testers reach it', 'testers-count-as-users'],
    ['before users had green alone', 'first-minute-shared'],
    ['of which', 'minutes-not-final'],
  ]),
  ...of('verify/stage/hook-gates.ts', [
    ['let it', 'refused-hook-passes'],
    ['although routes moved while', 'hook-moves-users'],
  ]),
  ...of('verify/stage/hooks-checker.ts', [
    ['changed after it was kept', 'late-answer-counts'],
    ['asked about hooks before users were back', 'hooks-before-users'],
    ['has no result at the end', 'hooks-forgotten'],
    ['still runs at the end', 'cancelled-hook-runs'],
    ['has been run twice', 'hook-runs-twice'],
  ]),
  ...of('verify/stage/honest-outcome.ts', [
    ['does not say that green failed', 'failures-unnamed'],
    ['green failed at least', 'failures-named-from-the-shift'],
    ['which metrics showed before the promotion', 'worse-is-deployed'],
  ]),
  ...of('verify/stage/planned-way.ts', [
    ['which were to bake', 'bake-not-waited-for'],
    ['waits for', 'approval-not-waited-for'],
    ['although its shifts are', 'shift-skipped'],
    ['the plan: green became PRIMARY', 'keep-blue-cut-short'],
  ]),
  ...of('verify/stage/stage.ts', [
    ['succeeded, but the record says', 'rollback-ends-as-success'],
    ['ended where no deployment may end', 'retired-while-it-drains'],
  ]),
  ...of('verify/stage/users-checker.ts', [
    ['while the other colour could serve everybody', 'nobody-placed-while-baking'],
    ['and nobody gave it more than', 'kept-users-get-no-tasks'],
  ]),
  ...of('verify/stage/watched-deployment.ts', [
    ['before its plan was saved', 'plan-not-saved'],
    ['which is no route of service', 'neighbours-rule-written'],
    ['an abort was accepted, and it succeeded all the same', 'abort-ignored-by-retirement'],
    ['the record was opened and not closed', 'refusal-not-recorded'],
    ['without a plan', 'refusal-called-rollback'],
  ]),
  ...of('verify/stage/way-forward.ts', [
    ['of an execution that has ended, after its recovery began', 'recovery-does-not-wait'],
  ]),
  ...of('verify/exhaust/prove.ts', [
    ['its health was judged', 'watch-wakes-for-nothing'],
    ['the watch read', 'watch-reads-beside'],
    ['expected the undisturbed run to end', 'launched-at-half-size'],
    ['in the undisturbed run', 'data-plane-not-awaited'],
    ['all the same, found', 'event-trusted'],
    ['expected its execution to end with', 'one-death-unnamed'],
    [
      ', because ',
      { not: 'an abort that is accepted and not obeyed is found by the plan, or by invariant 6, first' },
    ],
    ['it has not converged after', 'primary-written-for-ever'],
    ['of which the fault explains at most', 'sticky-green-not-evicted'],
    [
      'requests more than undisturbed, at most',
      { not: 'a version that is not found out at all ends as a success, which the outcome shows first' },
    ],
  ]),
  ...of('verify/faults/signal-faults.ts', [
    ['an abort was refused while the deployment could still go back', 'no-room-for-abort'],
    ['of a recovery that the sweep did not start', 'recovery-unproven'],
  ]),
  ...of('verify/faults/world-faults.ts', [['the answer of the proof cannot be read', 'ids-refused']]),
  ...of('verify/faults/record-fault.ts', [
    ['its record was closed by hand it still runs', 'closed-record-waited-for'],
  ]),
  ...of('verify/faults/scarce-reads.ts', [['the watch stood in line', 'watch-stands-in-line']]),
  ...of('verify/faults/late-faults.ts', [
    ['after the deployment had ended', { not: 'nothing of Cutover runs then that could be broken' }],
  ]),
  ...of('verify/soak/soak-runs.ts', [['its faults explain at most', 'blue-goes-before-traffic-left']]),
];

/** The checkers whose mutant was caught by another sentence, or by none. `caught`: the problems by mutant. */
export const unconvicted = (caught: ReadonlyMap<string, readonly string[]>): Checker[] =>
  checkers.filter(
    (checker) =>
      'mutant' in checker &&
      !(caught.get(checker.mutant) ?? []).some((problem) => problem.includes(checker.text)),
  );
