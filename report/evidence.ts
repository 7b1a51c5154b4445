import type { Comparison, ComparisonKind } from '../core/vocabulary/analysis.types.ts';
import type { Report } from './report.types.ts';

/** What the comparison of both colours had come to at one decision. */
export type EvidencePoint = {
  atMs: number;
  kind: ComparisonKind;
  /**
   * Natural log of the evidence that green is worse, of the metric that accuses it most; null: nothing is known yet.
   */
  logE: number | null;
  /** The same for the proof that it is not. */
  logUnharmed: number | null;
  blue: Counts;
  green: Counts;
};

type Counts = Comparison['metrics'][number]['blue'];

const NOBODY: Counts = { requests: 0, bad: 0 };

/** In the order of the decisions; none where the colours were not compared. */
export const evidencePoints = ({ decisions }: Pick<Report, 'decisions'>): EvidencePoint[] =>
  decisions.flatMap(({ atMs, analysis }) => {
    if (analysis === undefined) return [];
    const deciding = analysis.metrics.filter(({ use }) => use === 'decide');
    const worst = deciding.toSorted((one, other) => other.logE - one.logE)[0];
    const known = worst !== undefined && analysis.kind !== 'unread';
    return {
      atMs,
      kind: analysis.kind,
      logE: known ? worst.logE : null,
      logUnharmed: known ? Math.min(...deciding.map(({ logUnharmed }) => logUnharmed)) : null,
      blue: worst?.blue ?? NOBODY,
      green: worst?.green ?? NOBODY,
    };
  });
