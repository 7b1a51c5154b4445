import { count, evidenceOf, grouped, percentOf } from '../../core/figures.ts';
import type { Analysed, AnalysedMinute, AnalysisDecision } from '../../core/verdict/analysis/analyse.ts';
import type { Counts } from '../../core/verdict/analysis/series.types.ts';
import type { Series } from '../analysis/read-series.ts';
import type { Paint } from './paint.ts';
import { hang } from './text.ts';

const LABEL_COLUMNS = 16;

/** More rows than a screen holds are thinned out; the minute of the decision always stands. */
const MOST_ROWS = 24;

/** A rate's difference is not a rate: 0.2 points are not 0.2 %. */
const points = (share: number): string => `${Number((share * 100).toPrecision(3))}`;

const total = (counts: readonly Counts[]): Counts =>
  counts.reduce((sum, { requests, bad }) => ({ requests: sum.requests + requests, bad: sum.bad + bad }));

const rateOf = ({ requests, bad }: Counts): string =>
  requests === 0
    ? 'no requests'
    : `${grouped(bad)} bad of ${count(requests, 'request')}, ${percentOf(bad / requests)}`;

/** An outage needs no statistics, and comes before what they say later. */
const endOf = ({ decision, minute, outage }: Analysed): string =>
  outage !== null && (minute === null || outage <= minute)
    ? `Green fails: the deployment would have rolled back in minute ${outage}, in which half of green's requests ` +
      'failed or more while blue was well.'
    : ENDS[decision](minute);

const ENDS: Readonly<Record<AnalysisDecision, (minute: number | null) => string>> = {
  rollBack: (minute) => `Green is worse: the deployment would have rolled back in minute ${minute}.`,
  advance: (minute) => `Green is not worse than the margin: the shift could have ended in minute ${minute}.`,
  hold: () => 'Green appears worse, but not surely: the deployment would neither advance nor roll back.',
  continue: () => 'Nothing decides yet: the deployment would continue as planned.',
};

const WORDS: Readonly<Record<AnalysisDecision, string>> = {
  rollBack: 'roll back',
  advance: 'advance',
  hold: 'hold',
  continue: '',
};

const thinned = ({ minutes, minute, outage }: Analysed): AnalysedMinute[] => {
  const every = Math.ceil(minutes.length / MOST_ROWS);
  return minutes.filter(
    (row, at) =>
      at % every === 0 || row.minute === minute || row.minute === outage || at === minutes.length - 1,
  );
};

const whatCouldShow = ({ minutes }: Series, ratio: number | null): string =>
  ratio === null
    ? `in ${count(minutes.length, 'minute')} of this traffic no regression would have been found: there ` +
      'are too few requests'
    : `in ${count(minutes.length, 'minute')} of this traffic a green of ${ratio} times blue's rate or ` +
      'more would have been found';

/** A judged series for a person: what was decided, in which numbers, and how the evidence grew. */
export const analysisText = (series: Series, analysed: Analysed, width: number, paint: Paint): string => {
  const { minutes, analysis, calibrated } = series;
  const row = (label: string, text: string): string =>
    `  ${paint('dim', label.padEnd(LABEL_COLUMNS - 2))}${hang(text, LABEL_COLUMNS, width)}`;
  const { bounds } = analysed;
  const last = analysed.minutes.at(-1) as AnalysedMinute;
  const rolledBack = analysed.decision === 'rollBack' || analysed.outage !== null;
  const style = rolledBack ? 'red' : analysed.decision === 'advance' ? 'green' : 'bold';
  const needed = evidenceOf(Math.log(1 / analysis.alpha));
  const margin =
    analysis.method === 'bake'
      ? `more than ${percentOf(analysis.baselineRate)} bad requests`
      : `worse than ${analysis.psi} times blue's rate plus ${points(analysis.delta)} points`;
  const asks = analysis.method === 'noninferiority' ? `not ${margin}` : margin;
  const facts = [
    ...(bounds === null ? [] : [row('blue', rateOf(total(minutes.map(({ blue }) => blue))))]),
    row('green', rateOf(total(minutes.map(({ green }) => green)))),
    ...(bounds === null
      ? []
      : [
          row(
            'green - blue',
            // Zero is where the search for what is proven begins: green may as well be better.
            `${bounds.lower === 0 ? 'at most' : `between ${points(bounds.lower)} and`} ` +
              `${points(bounds.upper)} points, ${percentOf(1 - 2 * analysis.alpha)} sure`,
          ),
        ]),
    row(
      'evidence',
      `E ${evidenceOf(last.logE)}, at most ${evidenceOf(last.maxLogE)}, that green is ${asks}; ` +
        `${needed} decides (p ${Number(analysed.pValue.toPrecision(2))})`,
    ),
    ...(analysis.method === 'recommended' || analysis.method === 'noninferiority'
      ? [row('sigma', `${Number(analysis.sigma.toPrecision(3))}${calibrated ? ", from blue's history" : ''}`)]
      : []),
    ...(bounds === null ? [] : [row('could show', whatCouldShow(series, analysed.smallestDetectableRatio))]),
  ];
  const cells = (minute: string, blue: string, green: string, evidence: string, decision: string): string =>
    [minute.padStart(8), blue.padStart(16), green.padStart(16), evidence.padStart(9), decision]
      .join('  ')
      .trimEnd();
  const of = ({ requests, bad }: Counts): string => `${grouped(bad)} / ${grouped(requests)}`;
  const rows = thinned(analysed).map(({ minute, logE, decision }) => {
    const { blue, green } = minutes[minute - 1] as Series['minutes'][number];
    return cells(String(minute), of(blue), of(green), evidenceOf(logE), WORDS[decision]);
  });
  const head = paint('dim', cells('minute', 'blue bad / all', 'green bad / all', 'E', ''));
  const title = paint(style, hang(endOf(analysed), 2, width));
  return `\n  ${title}\n\n${facts.join('\n')}\n\n${[head, ...rows].join('\n')}\n\n`;
};
