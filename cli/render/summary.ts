import { formatDuration } from '../../core/duration.ts';
import { count, grouped } from '../../core/figures.ts';
import type { Finding } from '../../core/vocabulary/finding.types.ts';
import type { RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import type { GroupTraffic } from '../../sim/parts.types.ts';
import { despiteSuccess, sharePercent } from '../rehearsal/despite.ts';
import type { WorldPreflight } from '../rehearsal/preflight-world.ts';
import type { Paint } from './paint.ts';
import { dollars, hang } from './text.ts';

const LABEL_COLUMNS = 14;

/** Failure causes in words; the names are the report's. */
const causes: Record<string, string> = {
  emptyGroup: 'met a group without targets (503)',
  sickTarget: 'met a group with only unhealthy targets',
  deadTarget: 'met a task that had just died',
  stoppedBeforeDrained: 'met a task stopped before it had drained',
  versionError: 'answered 5xx by the version',
  noRoute: 'met no route',
};

const outcomes: Record<RehearsalReport['outcome'], { title: string; style: 'green' | 'yellow' | 'red' }> = {
  succeeded: { title: 'SUCCEEDED', style: 'green' },
  rolledBack: { title: 'ROLLED BACK', style: 'yellow' },
  refused: { title: 'REFUSED', style: 'red' },
  stuck: { title: 'STUCK', style: 'red' },
};

type SummaryOptions = {
  width: number;
  paint: Paint;
  /** The command that replays the run. */
  again: string;
  /** Faults that were asked for and never came. */
  missedFaults: readonly string[];
  preflight: WorldPreflight;
};

/** What a run came to, a line a question. */
export const summary = (
  report: RehearsalReport,
  { width, paint, again, missedFaults, preflight }: SummaryOptions,
): string => {
  const { title, style } = outcomes[report.outcome];
  const despite = despiteSuccess(report, preflight);
  const row = (label: string, text: string, rowStyle: Parameters<Paint>[0] = 'reset'): string =>
    `  ${paint('dim', label.padEnd(LABEL_COLUMNS - 2))}${paint(rowStyle, hang(text, LABEL_COLUMNS, width))}`;

  return [
    '',
    `  ${paint([style, 'bold'], title)}${despite === null ? '' : `, ${paint(['red', 'bold'], despite)}`}`,
    row('why', whyText(report, preflight)),
    row(
      'took',
      `${formatDuration(report.virtualSeconds * 1_000)}, ` +
        `${count(report.transitions, 'state transition')}, ${count(report.historyEvents, 'history event')}`,
    ),
    row('requests', requestsText(report), report.requests.failed > 0 ? 'red' : 'reset'),
    ...failureRows(report).map((text, index) => row(index === 0 ? 'failed' : '', text, 'red')),
    row('blue', groupText(report.requests.blue)),
    row('green', groupText(report.requests.green)),
    ...(report.requests.others === undefined
      ? []
      : [row('others', `${groupText(report.requests.others)}; of other services, not in the rest`)]),
    row('preflight', preflightText(preflight.findings)),
    row('weights', weightsText(report)),
    row('API calls', callsText(report)),
    row('cost', costText(report)),
    row(
      'left over',
      report.leftovers.length === 0 ? 'nothing' : report.leftovers.join('; '),
      report.leftovers.length === 0 ? 'reset' : 'red',
    ),
    ...report.invariantViolations.map(({ invariant, message, atSeconds }) =>
      row('BROKEN', `safety rule ${invariant} after ${formatDuration(atSeconds * 1_000)}: ${message}`, [
        'red',
        'bold',
      ]),
    ),
    ...missedFaults.map((fault) =>
      row('note', `the fault ${fault} never came: the run did not get there`, 'yellow'),
    ),
    // Not wrapped, so that it can be copied.
    `  ${paint('dim', 'again'.padEnd(LABEL_COLUMNS - 2))}${again}`,
    '',
    '',
  ].join('\n');
};

/** What preflight found stands above the timeline, and once is enough. */
const whyText = ({ outcome, reason }: RehearsalReport, { findings }: WorldPreflight): string =>
  outcome === 'refused' && findings.length > 0 ? (reason.split('\n')[0] ?? reason) : reason;

/** Named only: what they say stands above the timeline. */
const preflightText = (findings: readonly Finding[]): string => {
  if (findings.length === 0) return 'no problems found';
  const ids = [...new Set(findings.map(({ id }) => id))];
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')} above: ${ids.join(', ')}`;
};

const requestsText = ({ requests: { total, failed } }: RehearsalReport): string => {
  if (total === 0) return 'none were sent';
  const share = failed === 0 ? '' : ` (${sharePercent(failed / total)})`;
  return `${grouped(total - failed)} served, ${grouped(failed)} failed${share}`;
};

const failureRows = ({ requests: { blue, green, failedBecause } }: RehearsalReport): string[] =>
  Object.entries(failedBecause)
    .filter(([, failed]) => failed > 0)
    .map(([cause, failed]) => {
      const of = (group: GroupTraffic): number =>
        group.failedBecause[cause as keyof GroupTraffic['failedBecause']] ?? 0;
      const where = [
        [of(blue), 'blue'],
        [of(green), 'green'],
      ] as const;
      const sides = where
        .filter(([number]) => number > 0)
        .map(([number, side]) => `${grouped(number)} ${side}`);
      return `${grouped(failed)} ${causes[cause] ?? cause}${sides.length === 0 ? '' : ` (${sides.join(', ')})`}`;
    });

const groupText = ({ requests, failed }: GroupTraffic): string =>
  `${count(requests, 'request')}, ${failed === 0 ? 'none failed' : `${grouped(failed)} failed`}`;

/** Green's share over time, by route; a foreign write is named. */
const weightsText = ({ weights }: RehearsalReport): string => {
  if (weights.length === 0) return 'never changed';
  const routes = [...new Set(weights.map(({ route }) => route))];
  const courses = routes.map((route) => {
    const changes = weights.filter((change) => change.route === route);
    return {
      route,
      course: changes.map(({ green, by }) => `${green}${by === 'cutover' ? '' : ` (${by})`}`).join(' > '),
    };
  });
  const [first] = courses;
  const same = courses.every(({ course }) => course === first?.course);
  if (first !== undefined && same) return `green ${first.course} % on ${routes.join(' and ')}`;
  return courses.map(({ route, course }) => `green ${course} % on ${route}`).join('; ');
};

const callsText = ({ apiCalls }: RehearsalReport): string => {
  const byService = new Map<string, number>();
  for (const [operation, calls] of Object.entries(apiCalls.byOperation)) {
    const service = operation.split(':')[0] ?? operation;
    byService.set(service, (byService.get(service) ?? 0) + calls);
  }
  const parts = [...byService]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, calls]) => `${service} ${calls}`);
  return `${grouped(apiCalls.total)} (${parts.join(', ')})`;
};

const costText = ({ costUsd }: RehearsalReport): string =>
  `${dollars(costUsd.total)} by list prices (Step Functions ${dollars(costUsd.stepFunctions)}, Lambda ` +
  `${dollars(costUsd.lambda)}, DynamoDB ${dollars(costUsd.dynamoDb)}, EventBridge ` +
  `${dollars(costUsd.eventBridge)}, CloudWatch ${dollars(costUsd.cloudWatch)}); the tasks of both colours not counted`;
