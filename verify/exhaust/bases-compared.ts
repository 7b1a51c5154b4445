import { MINUTE_MS } from '../../core/clock.ts';
import type { Behaviour } from '../../sim/parts.types.ts';
import { metricFaults } from '../faults/metric-faults.ts';
import { quickHealthy, testRouteArn } from '../stage/small-names.ts';
import { BAKE, type Base, base, twoShifts, versionOf } from './base.ts';

/** What becomes of the metrics that blue and green are compared by; no alarm of these bases would see it. */
const METRIC_FAULTS = metricFaults.map(({ name }) => name);

/** Half of the users until green is proven unharmed, for 20 minutes at most; what is not proven goes back. */
const compared = (rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  alarms: [],
  shifts: [
    { greenPct: 50, atLeast: '3m', atMost: '20m' },
    { greenPct: 100, bake: BAKE },
  ],
  analysis: { onInconclusive: 'rollBack' },
  ...rest,
});

/** Fails a part of its requests in its third to fifth minute, and is better than blue from then on. */
const BURST_MS = { from: 2 * MINUTE_MS, to: 5 * MINUTE_MS };
const burst: Behaviour = {
  ...quickHealthy,
  name: 'errors for three minutes',
  errorShare: (sinceMs) => (sinceMs >= BURST_MS.from && sinceMs < BURST_MS.to ? 0.2 : 0),
  changesAtMs: [BURST_MS.from, BURST_MS.to],
};

const published = (metric: string) => ({
  namespace: 'Web',
  metric,
  dimensions: { Revision: '{taskDefinitionRevision}' },
});

/** What the application itself counts of its answers. */
const answers = {
  name: 'answers',
  requests: [published('Answers')],
  bad: [published('WrongAnswers')],
  use: 'decide',
};

/** What ends them, or has to be named, is seen in metrics alone. */
export const comparedBases: readonly Base[] = [
  base({
    name: 'compared-good',
    description: 'a shift by time and one by evidence: metrics may show what they like of a good version',
    request: {
      alarms: [],
      shifts: [
        { greenPct: 20, bake: '6m' },
        { greenPct: 50, atLeast: '4m', atMost: '20m' },
        { greenPct: 100, bake: BAKE },
      ],
    },
    faults: [...METRIC_FAULTS, 'colours-die', 'unwell-colours'],
  }),
  base({
    name: 'unwatched',
    description: 'the version fails one request in ten, nothing watches it, and its success has to name them',
    request: { ...twoShifts(20, '8m'), alarms: [], analysis: 'off' },
    version: versionOf('errors:10%'),
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'advised',
    description:
      'the version fails one request in ten, first of testers, and of users whom a short blue has left to it; the ' +
      'comparison only advises, and its success has to name them all',
    service: { test: 'rule' },
    request: {
      ...twoShifts(20, '6m'),
      test: { route: testRouteArn('web', 'rule'), for: '4m' },
      alarms: [],
      analysis: { errors: 'advise', latency: 'off' },
    },
    version: versionOf('errors:10%'),
    faults: ['blue-stays-short'],
  }),
  base({
    name: 'compared-bad',
    description: 'the version fails one request in ten, and no alarm is there: only the comparison sees it',
    request: compared(),
    version: versionOf('errors:10%'),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'compared-wrong',
    description:
      'the version answers one request in ten wrongly, with 200: only what the application counts shows it',
    request: compared({ analysis: { onInconclusive: 'rollBack', application: [answers] } }),
    version: versionOf('wrong-answers:10%'),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'compared-burst',
    description: 'the version fails for three minutes and is then better than blue, which fails now and then',
    request: compared(),
    version: burst,
    old: versionOf('errors:2%'),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
  }),
  base({
    name: 'budget',
    description:
      'a good version, of which 200 requests are the most that users may risk; what nobody can count ends it, too',
    request: compared({
      shifts: [
        { greenPct: 20, bake: '8m' },
        { greenPct: 100, bake: BAKE },
      ],
      analysis: {
        errors: 'advise',
        exposure: { requests: 200, onUsedUp: 'rollBack' },
        onInconclusive: 'rollBack',
      },
    }),
    ends: 'rolledBack',
    faults: METRIC_FAULTS,
    // From before the plan on they leave nothing that shows that anybody is there; test/core/verdict has what follows
    // later on.
    without: ['metrics-late', 'metrics-missing'],
  }),
];
