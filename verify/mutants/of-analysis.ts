import type { Mutant } from './mutant.types.ts';

/** What the metrics of both colours are taken for. */
export const ofAnalysis: readonly Mutant[] = [
  {
    name: 'missing-errors-are-none',
    description: 'errors that CloudWatch does not answer completely count as no error',
    patches: [
      {
        file: 'aws/traffic-metrics.ts',
        find: 'if (unknown.length > 0) {',
        replace: 'if (unknown.length > queries.length) {',
      },
    ],
    hunts: [{ base: 'compared-bad', fault: 'metrics-partial', at: 'entering LaunchGreen' }],
  },
  {
    name: 'unread-is-good',
    description: 'metrics that cannot be read at the end of a shift let it advance',
    patches: [
      {
        file: 'core/verdict/end-of-bake.ts',
        find: 'if (open === null) return',
        replace: 'if (open === null || input.unreadable !== null) return',
      },
    ],
    hunts: [{ base: 'compared-bad', fault: 'metrics-throttled', at: 'entering LaunchGreen' }],
  },
  {
    name: 'verdict-not-latched',
    description: 'what was proven is forgotten when the minutes after it are good',
    patches: [
      {
        file: 'core/verdict/analysis/compare.ts',
        find: '(maxLogE >= Math.log(1 / policy.alpha) && bad >= LEAST_BAD)',
        replace: '(logE >= Math.log(1 / policy.alpha) && bad >= LEAST_BAD)',
      },
    ],
    hunts: [{ base: 'compared-burst', fault: 'metrics-stall', at: 'entering Bake' }],
  },
  {
    name: 'testers-count-as-users',
    description: 'what testers ask of green is compared with what users ask of blue (flagger#1501)',
    patches: [{ file: 'functions/read-comparison.ts', find: '    isTest(plan, position) ||\n', replace: '' }],
    hunts: [{ base: 'tested' }],
  },
  {
    name: 'first-minute-shared',
    description: 'the minute of the first shift counts, in a part of which green had nobody',
    patches: [
      {
        file: 'functions/read-comparison.ts',
        find: 'sinceMs: before?.sinceMs ?? nextMinute(shiftedAtMs),',
        replace: 'sinceMs: before?.sinceMs ?? nextMinute(shiftedAtMs) - 60_000,',
      },
      {
        file: 'functions/read-comparison.ts',
        find: 'shiftFromMs: nextMinute(Math.max(shiftedAtMs, carried?.writtenAtMs ?? 0)),',
        replace: 'shiftFromMs: nextMinute(Math.max(shiftedAtMs, carried?.writtenAtMs ?? 0)) - 60_000,',
      },
    ],
    hunts: [{ base: 'compared-good' }],
  },
  {
    name: 'minutes-not-final',
    description: 'a minute counts as soon as it is over, while its metrics still grow',
    patches: [
      {
        file: 'core/verdict/analysis/final-minutes.ts',
        find: 'METRIC_LAG_MS = 2 * MINUTE_MS',
        replace: 'METRIC_LAG_MS = 0 * MINUTE_MS',
      },
    ],
    hunts: [{ base: 'compared-good' }],
  },
  {
    name: 'one-minute-decides',
    description: "a single minute's metrics are enough to roll back",
    patches: [
      {
        file: 'core/verdict/analysis/onsets.ts',
        find: 'Math.min(gain, cap)',
        replace: 'Math.min(gain, 10 * cap)',
      },
    ],
    hunts: [{ base: 'compared-good', fault: 'metrics-accuse-a-minute', at: 'entering Bake' }],
  },
  {
    name: 'comparison-begins-again',
    description: 'each shift compares anew, and each may roll back a good version once in a hundred times',
    patches: [
      {
        file: 'functions/read-comparison.ts',
        find: 'sinceMs: before?.sinceMs ?? nextMinute(shiftedAtMs),',
        replace: 'sinceMs: nextMinute(shiftedAtMs),',
      },
    ],
    hunts: [{ base: 'compared-good' }],
  },
  {
    name: 'worse-is-deployed',
    description: 'what the comparison has proven is reported, and nothing more',
    patches: [
      {
        file: 'core/verdict/judge.ts',
        find: "if (comparison.kind === 'worse') return { verdict: 'unhealthy', reason };",
        replace: "if (comparison.kind === 'worse') return { verdict: 'healthy', reason };",
      },
    ],
    hunts: [{ base: 'compared-bad' }],
  },
  {
    name: 'green-compared-with-itself',
    description: "blue's application metrics are read from green's series",
    patches: [
      {
        file: 'functions/read-comparison.ts',
        find: 'publishedSums(application, blue),',
        replace: 'publishedSums(application, green),',
      },
    ],
    hunts: [{ base: 'compared-wrong' }],
  },
  {
    name: 'failures-unnamed',
    description: 'a success does not name the requests that failed on its way',
    patches: [
      {
        file: 'core/ending/outcome.ts',
        find: 'failedMeanwhile(state.decision, plan)',
        replace: "''",
      },
    ],
    hunts: [{ base: 'unwatched' }],
  },
  {
    name: 'failures-named-from-the-shift',
    description: 'a success names the failed requests that were compared: not those before the first shift',
    patches: [
      {
        file: 'core/ending/answered.ts',
        find: 'describe(compared === undefined ? answered : together(compared, answered), testers)',
        replace: 'describe(compared ?? answered, testers)',
      },
    ],
    hunts: [{ base: 'advised', fault: 'blue-stays-short', at: 'ShiftTraffic' }],
  },
  {
    name: 'budget-uncounted',
    description: 'a deployment with an exposure budget advances although nobody can count it any more',
    patches: [
      {
        file: 'core/verdict/end-of-bake.ts',
        find: 'policy.exposure === undefined || unknown === null',
        replace: 'policy.exposure === undefined || unknown !== undefined',
      },
    ],
    hunts: [{ base: 'budget', fault: 'metrics-stall' }],
  },
];
