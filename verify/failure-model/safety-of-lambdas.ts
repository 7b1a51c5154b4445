/** Why a Lambda that an event starts is safe, and what is left behind if it fails for good. A state's are in its row (statemachine/states.ts). */
export const safetyOfLambdas = {
  OnAlarm: {
    safe: 'It writes "somebody signalled" into the record, then spends the token if there is one. It decides nothing: JudgeHealth reads the alarm itself. An event that is lost, late or doubled changes when, never what.',
    left: 'A deployment that hears of the alarm at its next look.',
  },
  Sweep: {
    safe: 'It starts a recovery only for a lease whose execution has ended, after a second read of the lease. Two sweeps that see the same end ask for the same execution name; should two recoveries start, the lease lets one go on.',
    left: 'A stopped deployment as it was, for another minute: the next scheduled sweep finds it.',
  },
} as const;
