import { SECOND_MS } from '../core/clock.ts';
import { nameOf } from '../core/deployment/service-key.ts';
import { formatDuration } from '../core/duration.ts';
import { registrationOf, type TaskDefinitionDocument } from '../core/plan/task-definition-document.ts';
import type { Finding } from '../core/vocabulary/finding.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import type { Lease } from '../core/vocabulary/state.types.ts';
import type { RehearsalReport, Status } from '../rehearsal/rehearsal.types.ts';
import type { SimEvent } from '../sim/kernel/trace.ts';
import type { WorldSeed } from '../sim/parts.types.ts';
import { coursesOf, targetsOf } from './course.ts';
import { differences } from './document-diff.ts';
import { exposureFact } from './exposure.ts';
import { hookMarks, reportedHook } from './hooks.ts';
import { markOf } from './rehearsal-marks.ts';
import type { Deployment, Report } from './report.types.ts';
import { type Counted, sliceTraffic } from './slices.ts';
import { wayBackFact } from './way-back.ts';

type Ran = {
  world: WorldSeed;
  /** The execution's input as it was given. */
  request: unknown;
  events: readonly { event: SimEvent; status: Status }[];
  report: RehearsalReport;
  /** The command that replays the run. */
  again: string;
  /** What preflight said of the world, also of what a deployment does not read. */
  findings: readonly Finding[];
  /** What a success does not show by itself. */
  despite: string | null;
};

/** Everything a rehearsal said, as a report. */
export const reportOfRehearsal = (ran: Ran): Report => {
  const { world, request, events, report, again, findings, despite } = ran;
  const results = resultsIn(events.map(({ event }) => event));
  const lease = results.AcquireLease as Lease | undefined;
  const plan = (results.PlanDeployment as Plan | undefined) ?? null;
  const first = events[0];
  const startedAtMs = first === undefined ? 0 : first.event.atMs - first.status.sinceStartMs;
  const statuses = events.map(({ status }) => status);
  const { hooks = [] } = report;
  const durationMs = Math.max(report.virtualSeconds * SECOND_MS, statuses.at(-1)?.sinceStartMs ?? 0);
  const deployment = deploymentOf(request, lease, plan);
  const courses = coursesOf(
    statuses.map(({ sinceStartMs, greenPctByRoute }) => ({ atMs: sinceStartMs, greenPctByRoute })),
  );
  const decisions = report.decisions.map((decision) => ({
    ...decision,
    atMs: decision.evidence.observedAtMs - startedAtMs,
  }));
  return {
    version: 1,
    source: 'rehearsal',
    deployment,
    outcome: { kind: report.outcome, reason: report.reason, ...(despite === null ? {} : { despite }) },
    startedAtMs,
    durationMs,
    courses,
    targets: targetsOf(
      statuses.map(({ sinceStartMs, blue, green }) => ({
        atMs: sinceStartMs,
        blue: { healthy: blue.healthy, of: blue.registered },
        green: { healthy: green.healthy, of: green.registered },
      })),
    ),
    traffic: sliceTraffic(countedIn(statuses, report, durationMs), durationMs),
    marks: [
      ...events.flatMap(({ event, status }) => markOf(event, status.sinceStartMs) ?? []),
      ...hookMarks(hooks, startedAtMs),
    ].sort((a, b) => a.atMs - b.atMs),
    decisions,
    hooks: hooks.map((hook) => reportedHook(hook, startedAtMs)),
    plan,
    findings,
    difference: differenceOf(world, plan),
    events: events
      .filter(({ event }) => event.detail !== true)
      .map(({ event: { kind, what, why = '' }, status }) => ({ atMs: status.sinceStartMs, kind, what, why })),
    facts: [
      ...factsOf(report, again),
      ...wayBackFact(decisions, courses),
      ...exposureFact(plan, decisions),
      ...(world.assumed ?? []).map((value) => ({ name: 'Assumed', value })),
    ],
  };
};

/** The last result of each step. */
const resultsIn = (events: readonly SimEvent[]): Record<string, unknown> =>
  Object.fromEntries(
    events.flatMap(({ kind, data }) =>
      kind === 'step' && data?.phase === 'succeeded' ? [[String(data.state), data.result]] : [],
    ),
  );

const deploymentOf = (request: unknown, lease: Lease | undefined, plan: Plan | null): Deployment => {
  const asked = Object.fromEntries(
    Object.entries(typeof request === 'object' && request !== null ? request : {}).filter(
      ([, value]) => typeof value === 'string',
    ),
  ) as Partial<Record<string, string>>;
  const from = plan?.blue?.taskDefinitionArn;
  return {
    id: lease?.deploymentId ?? null,
    cluster: plan?.cluster ?? nameOf(asked.cluster ?? 'unknown'),
    service: plan?.service ?? nameOf(asked.service ?? 'unknown'),
    from: from === undefined ? null : nameOf(from),
    to: nameOf(plan?.green.taskDefinitionArn ?? asked.taskDefinition ?? 'unknown'),
    startedBy: asked.startedBy ?? null,
    link: null,
  };
};

/** The last count is the report's own: it may be of a moment after the last event. */
const countedIn = (statuses: readonly Status[], report: RehearsalReport, durationMs: number): Counted[] => {
  const requests = (group: { requests: number; failed: number }) => ({
    requests: group.requests,
    failed: group.failed,
  });
  return [
    ...statuses.map(({ sinceStartMs, blue, green }) => ({
      atMs: sinceStartMs,
      blue: requests(blue),
      green: requests(green),
    })),
    { atMs: durationMs, blue: requests(report.requests.blue), green: requests(report.requests.green) },
  ];
};

const differenceOf = (world: WorldSeed, plan: Plan | null): Report['difference'] => {
  if (plan === null || plan.blue === null) return null;
  const find = (arn: string): TaskDefinitionDocument | null => {
    const found = world.taskDefinitions.find(({ taskDefinitionArn }) => taskDefinitionArn === arn);
    return found === undefined ? null : registrationOf({ ...found });
  };
  const before = find(plan.blue.taskDefinitionArn);
  const after = find(plan.green.taskDefinitionArn);
  return before === null || after === null ? null : differences(before, after);
};

const factsOf = (report: RehearsalReport, again: string): Report['facts'] => [
  ...report.invariantViolations.map(({ invariant, message, atSeconds }) => ({
    name: 'Safety rule broken',
    value: `rule ${invariant} after ${formatDuration(atSeconds * SECOND_MS)}: ${message}`,
    bad: true as const,
  })),
  report.leftovers.length === 0
    ? { name: 'Left over', value: 'nothing' }
    : { name: 'Left over', value: report.leftovers.join('; '), bad: true },
  {
    name: 'Workflow',
    value:
      `${report.transitions} state transitions, ${report.historyEvents} history events, ` +
      `${report.apiCalls.total} API calls`,
  },
  { name: 'Cost', value: `$${report.costUsd.total.toFixed(4)} by list prices, tasks not counted` },
  { name: 'Again', value: again, command: true },
];
