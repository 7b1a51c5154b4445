/**
 * Why a Lambda that an event starts is safe, and what is left behind if it fails for good. A state's are in its row
 * (statemachine/states.ts).
 */
export const safetyOfLambdas = {
  OnAlarm: {
    safe:
      'It writes a signal into the record, then uses the token if there is one. It decides nothing: ' +
      'JudgeHealth reads the alarm itself. A lost, late or doubled event changes when it decides, ' +
      'not what.',
    left: 'A deployment that notices the alarm at its next observation.',
  },
  Sweep: {
    safe:
      'It starts a recovery only for a lease whose execution has ended, after a second read of the ' +
      'lease. Two sweeps that find the same end use the same execution name; if two recoveries start, ' +
      'one gets the lease.',
    left: 'A stopped deployment as it was, for another minute: the next scheduled sweep finds it.',
  },
  Watch: {
    safe:
      'It reads both colours of a bake, asks the rule that the steps ask, and if users have to move records a ' +
      'signal and uses the token. It writes no weight: JudgeHealth reads everything itself. A run that is lost, ' +
      'late or doubled changes when users are moved, never where.',
    left: "Users on a colour that does not answer, until the next minute's run or the bake's next observation.",
  },
  WatchMoves: {
    safe:
      'It touches only moves between controllers, and only once their command has given no sign for three minutes by ' +
      'its own clock. It moves users between two groups that a route names already, away from the one that is not ' +
      'well to one that is; a note under the condition of that sign comes first, each route is read again right ' +
      'before its absolute write, and read back. No share rises because a plan says so.',
    left: "Users of a move on a service that is not well, until the next minute's run, or a person's next command.",
  },
  HookAnswer: {
    safe:
      'It keeps the first result of a run, then records a signal and uses the token if there is one. RunHooks and ' +
      'JudgeHealth read the result themselves; a result that was never kept is read as a run that ended ' +
      'without one.',
    left: 'A hook that counts as failed once the deployment reads that its execution has ended.',
  },
  AnalysisHook: {
    safe:
      "It only reads deployments of ECS's own controller, and answers ECS; what it learned is kept in an " +
      'item of its own, which no deployment of Cutover reads. While an API is throttled or down it answers ' +
      'IN_PROGRESS, and ECS asks again.',
    left: "ECS's deployment at its step, until ECS's own limit for the hook ends it.",
  },
} as const;
