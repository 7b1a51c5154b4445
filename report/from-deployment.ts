import { executionLink } from '../core/console-link.ts';
import { nameOf } from '../core/deployment/service-key.ts';
import { claimed } from '../core/operator/claimed.ts';
import type { Command } from '../core/vocabulary/command.types.ts';
import type { Decision } from '../core/vocabulary/decision.types.ts';
import type { OutcomeKind } from '../core/vocabulary/ending.types.ts';
import type { ShownHook } from '../core/vocabulary/hooks.types.ts';
import type { Plan } from '../core/vocabulary/plan.types.ts';
import { groupsOf, sameWeights, weightsAt, weightsOf } from '../core/weights/weights.ts';
import { markOfState, phaseOf } from '../statemachine/states.ts';
import { coursesOf, targetsOf } from './course.ts';
import type { Difference } from './document-diff.ts';
import { exposureFact } from './exposure.ts';
import { hookMarks, reportedHook } from './hooks.ts';
import type { Count, Mark, MarkKind, Report, ReportedDecision, TargetCount } from './report.types.ts';
import { chartedTraffic, trafficFact, type UsersTraffic } from './users-traffic.ts';
import { wayBackFact } from './way-back.ts';

/** One thing that the execution's history or the record tells, times since the Unix epoch. */
export type Said = {
  atMs: number;
  /** A `reading` is for the charts alone. */
  kind: 'step' | 'decision' | 'failure' | 'command' | 'hook' | 'scaling' | 'recovery' | 'warning' | 'reading';
  what: string;
  why: string;
  /** The workflow's state whose result it is. */
  state?: string;
  /** Weights that were written and read back. */
  routes?: { route: string; green: number }[];
  /** Targets of green while it gets healthy. */
  green?: Count;
  /** Targets of both colours as a visit of RollBack read them. */
  targets?: { blue: Count | null; green: Count | null };
};

/** What is left of a deployment: its record, and its executions' history while Step Functions keeps it. */
export type Remembered = {
  deploymentId: string;
  serviceKey: string;
  executionArn: string;
  startedAtMs: number;
  nowMs: number;
  /** Null while it runs. */
  ended: { kind: OutcomeKind; reason: string; endedAtMs: number } | null;
  /** What it waits for, while it runs. */
  standing: string;
  request: { taskDefinition?: string; startedBy?: string };
  plan: Plan | null;
  decisions: readonly Decision[];
  commands: readonly Command[];
  hooks: readonly ShownHook[];
  said: readonly Said[];
  difference: Difference[] | null;
  traffic: UsersTraffic;
  /** Its place in the service's history; null while it runs. */
  end: { number: number; digest: string; previous: string | null } | null;
};

/** `cutover history --verify --digest` asks for them when the history may have been rewritten. */
const historyFacts = (end: Remembered['end']): Report['facts'] =>
  end === null
    ? []
    : [
        { name: `Digest, number ${end.number} of its service`, value: end.digest, command: true },
        ...(end.previous === null
          ? []
          : [{ name: `Digest, number ${end.number - 1}`, value: end.previous, command: true as const }]),
      ];

/** A deployment's report. */
export const reportOfDeployment = (of: Remembered): Report => {
  const { plan, ended, startedAtMs } = of;
  const since = (atMs: number): number => Math.max(0, atMs - startedAtMs);
  const decisions: ReportedDecision[] = of.decisions.map((decision) => ({
    ...decision,
    atMs: since(decision.evidence.observedAtMs),
  }));
  const said = of.said.map((one) => ({ ...one, atMs: since(one.atMs) }));
  const courses = coursesOf(readingsOf(plan, decisions, said));
  const durationMs = since(ended?.endedAtMs ?? of.nowMs);
  const [cluster = '', service = ''] = of.serviceKey.split('/');
  const from = plan?.blue?.taskDefinitionArn;
  return {
    version: 1,
    source: 'deployment',
    deployment: {
      id: of.deploymentId,
      cluster,
      service,
      from: from === undefined ? null : nameOf(from),
      to: nameOf(plan?.green.taskDefinitionArn ?? of.request.taskDefinition ?? 'unknown'),
      startedBy: of.request.startedBy ?? null,
      link: executionLink(of.executionArn),
    },
    outcome:
      ended === null ? { kind: 'running', reason: of.standing } : { kind: ended.kind, reason: ended.reason },
    startedAtMs,
    durationMs,
    courses,
    targets: targetsOf(targetReadings(decisions, said)),
    traffic: chartedTraffic(of.traffic, startedAtMs, durationMs),
    marks: [
      ...said.flatMap((one) => markOf(one, of.commands, since) ?? []),
      ...hookMarks(of.hooks, startedAtMs),
      ...alarmMarks(decisions),
      ...foreignMarks(plan, decisions),
    ].sort((a, b) => a.atMs - b.atMs),
    decisions,
    hooks: of.hooks.map((hook) => reportedHook(hook, startedAtMs)),
    findings: plan?.warnings ?? [],
    plan,
    difference: of.difference,
    events: said
      .filter(({ kind }) => kind !== 'reading')
      .map(({ atMs, kind, what, why }) => ({ atMs, kind, what, why })),
    facts: [
      ...wayBackFact(decisions, courses),
      ...exposureFact(plan, decisions),
      ...trafficFact(of.traffic),
      ...historyFacts(of.end),
    ],
  };
};

type Reading = { atMs: number; greenPctByRoute: Record<string, number | null> };

/** What the plan found, what was written and read back, and what each decision read: drift shows, too. */
const readingsOf = (
  plan: Plan | null,
  decisions: readonly ReportedDecision[],
  said: readonly Said[],
): Reading[] => {
  const found = (plan?.routes ?? []).map(
    ({ label, original }) =>
      [label, plan === null ? null : (weightsOf(original, groupsOf(plan))?.green ?? null)] as const,
  );
  const written = said.flatMap(({ atMs, routes }) =>
    routes === undefined
      ? []
      : [{ atMs, greenPctByRoute: Object.fromEntries(routes.map(({ route, green }) => [route, green])) }],
  );
  const read = decisions.map(({ atMs, evidence }) => ({
    atMs,
    greenPctByRoute: Object.fromEntries(
      evidence.routes.map(({ label, weights }) => [label, weights?.green ?? null]),
    ),
  }));
  return [{ atMs: 0, greenPctByRoute: Object.fromEntries(found) }, ...written, ...read].sort(
    (a, b) => a.atMs - b.atMs,
  );
};

/**
 * From here on one colour goes, and nobody counts at targets any more: the charts end rather than make something up.
 * RollBack counts; in what an earlier release wrote its counts are missing.
 */
const isLastJudged = (state: string, counted: boolean): boolean =>
  [counted ? 'removing' : 'rollingBack', 'promoting'].includes(phaseOf(state) ?? '');

export const countOf = (of: { healthy: number; wanted: number } | null): Count | null =>
  of === null ? null : { healthy: of.healthy, of: of.wanted };

const targetReadings = (decisions: readonly ReportedDecision[], said: readonly Said[]): TargetCount[] => {
  const last = decisions.at(-1);
  const counted = said.some(({ targets }) => targets !== undefined);
  const end = said.find(({ atMs, state = '' }) => isLastJudged(state, counted) && atMs >= (last?.atMs ?? 0));
  return [
    ...said.flatMap(({ atMs, green }) => (green === undefined ? [] : [{ atMs, blue: null, green }])),
    ...said.flatMap(({ atMs, targets }) => (targets === undefined ? [] : [{ atMs, ...targets }])),
    ...(end === undefined ? [] : [{ atMs: end.atMs, blue: null, green: null }]),
    ...decisions.map(({ atMs, evidence }) => ({
      atMs,
      blue: countOf(evidence.blue),
      green: countOf(evidence.green),
    })),
  ].sort((a, b) => a.atMs - b.atMs);
};

const senderOf = (command: Command | undefined): string =>
  command === undefined ? 'unknown' : claimed(command.by);

const markOf = (
  { atMs, kind, what, why, state = '' }: Said,
  commands: readonly Command[],
  since: (atMs: number) => number,
): Mark | null => {
  const mark = (of: MarkKind, who: string): Mark => ({ atMs, kind: of, who, what, why });
  switch (kind) {
    case 'command':
      return mark('command', senderOf(commands.find((command) => since(command.atMs) === atMs)));
    case 'failure':
      return mark('fault', 'cutover');
    case 'recovery':
      return mark('milestone', 'the sweep');
    case 'step': {
      const of = markOfState(state);
      return of === null ? null : mark(of, 'cutover');
    }
    default:
      return null;
  }
};

/** Where a decision saw an alarm in another state than the one before it. */
const alarmMarks = (decisions: readonly ReportedDecision[]): Mark[] => {
  const states = new Map<string, string>();
  return decisions.flatMap(({ atMs, evidence }) =>
    evidence.alarms.flatMap(({ name, state }): Mark[] => {
      const before = states.get(name);
      states.set(name, state);
      if (before === state || (before === undefined && state === 'OK')) return [];
      const was = before === undefined ? '' : ` (was ${before})`;
      return [
        {
          atMs,
          kind: 'alarm',
          who: 'CloudWatch',
          what: `alarm ${name} is ${state}${was}`,
          why: 'as the decision read it',
        },
      ];
    }),
  );
};

/** Where a decision to roll back had read weights that are not the shift's. */
const foreignMarks = (plan: Plan | null, decisions: readonly ReportedDecision[]): Mark[] =>
  decisions.flatMap(({ atMs, kind, position, reason, evidence }): Mark[] => {
    const off =
      plan !== null &&
      evidence.routes.some(
        ({ weights }) => weights !== null && !sameWeights(weights, weightsAt(plan, position)),
      );
    return off && kind === 'rollBack'
      ? [{ atMs, kind: 'foreign', who: 'somebody else', what: 'the weights had been changed', why: reason }]
      : [];
  });
