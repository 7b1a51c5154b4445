import { formatDuration } from '../core/duration.ts';
import type { Readiness } from '../core/vocabulary/readiness.types.ts';
import type { Course, ReportedDecision } from './report.types.ts';

const kinds = ['ready', 'none', 'short', 'unknown', 'gone'] as const satisfies Readiness['kind'][];

/** `16s, blue carries 100 %`; what is not known is said as unknown. */
export const shortWayBack = (readiness: Readiness | undefined): string => {
  if (readiness === undefined) return 'not recorded';
  const { kind, seconds, carriesPct } = readiness;
  if (kind === 'none') return 'first deployment';
  if (kind === 'unknown') return 'unknown';
  if (kind === 'gone') return 'not by weights';
  const time = seconds === null ? 'unknown time' : formatDuration(seconds * 1_000);
  return `${time}, blue carries ${carriesPct ?? 'an unknown share of'}${carriesPct === null ? ' users' : ' %'}`;
};

/** The worst first: the worse kind, then the smaller share, then the longer time. */
const worse = (a: Readiness, b: Readiness): number =>
  kinds.indexOf(b.kind) - kinds.indexOf(a.kind) ||
  (a.carriesPct ?? -1) - (b.carriesPct ?? -1) ||
  (b.seconds ?? Number.POSITIVE_INFINITY) - (a.seconds ?? Number.POSITIVE_INFINITY);

/** From the decision until no route had weight on green any more; null: it did not roll back, or has not yet. */
const tookMs = (decisions: readonly ReportedDecision[], courses: readonly Course[]): number | null => {
  const fromMs = decisions.find(({ kind }) => kind === 'rollBack')?.atMs;
  if (fromMs === undefined || courses.length === 0) return null;
  const ends = courses.map(
    ({ points }) => points.find(({ atMs, greenPct }) => atMs >= fromMs && greenPct === 0)?.atMs,
  );
  const known = ends.filter((atMs) => atMs !== undefined);
  return known.length < courses.length ? null : Math.max(...known) - fromMs;
};

/** The worst moment of the deployment, and what a rollback that came then took, beside what had been stated. */
export const wayBackFact = (
  decisions: readonly ReportedDecision[],
  courses: readonly Course[],
): { name: string; value: string }[] => {
  const read = decisions.flatMap(({ atMs, evidence: { readiness } }) =>
    readiness === undefined ? [] : [{ atMs, readiness }],
  );
  const [worst] = read.toSorted((a, b) => worse(a.readiness, b.readiness));
  if (worst === undefined || worst.readiness.kind === 'none') return [];
  const facts = [
    { name: 'Way back, at worst', value: `after ${formatDuration(worst.atMs)}: ${worst.readiness.line}` },
  ];
  const ms = tookMs(decisions, courses);
  const stated = decisions.find(({ kind }) => kind === 'rollBack')?.evidence.readiness;
  if (ms === null || stated === undefined) return facts;
  const value =
    `all weight was on blue ${formatDuration(Math.max(1_000, Math.round(ms / 1_000) * 1_000))} after the ` +
    `decision; stated for all of it, event and load balancer included: ${shortWayBack(stated)}`;
  return [...facts, { name: 'Rolled back', value }];
};
