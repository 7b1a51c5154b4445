import { SECOND_MS } from '../../core/clock.ts';
import type { WriterAnswer } from '../../core/vocabulary/drift.types.ts';
import type { ShownHook } from '../../core/vocabulary/hooks.types.ts';
import type { Terminal } from '../terminal.ts';
import { STANDING_EVERY_MS } from './line-sink.ts';
import type { Entry } from './timeline.ts';
import type { View } from './view.types.ts';
import type { Sink } from './watch.ts';

/** Raised when a member changes its meaning or goes; docs/events-stream.md is the promise. */
export const STREAM_VERSION = 1;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** One JSON object on a line of its own. */
export const writeEvent = (terminal: Terminal, type: string, fields: Record<string, unknown>): void =>
  terminal.out(`${JSON.stringify({ v: STREAM_VERSION, type, ...fields })}\n`);

const eventOf = (entry: Entry): Record<string, unknown> => {
  const { type, atMs, what, why } = entry;
  const said = { at: iso(atMs), what, why };
  switch (type) {
    case 'step':
    case 'failure':
    case 'retry':
      return { ...said, state: entry.state };
    case 'weights':
      return { ...said, state: entry.state, routes: entry.routes };
    case 'decision': {
      const { kind, position, evidence } = entry.decision;
      const { blue, green, alarms, routes, readiness = null, size } = evidence;
      const seen = { blue, green, alarms, routes, readiness, ...(size === undefined ? {} : { size }) };
      return { ...said, decision: kind, shift: position + 1, evidence: seen };
    }
    case 'command': {
      const { kind, by, reason } = entry.command;
      return { ...said, command: kind, by, reason };
    }
    case 'hook':
      return { ...said, hook: hookOf(entry.hook) };
    case 'scaling':
      return { ...said, kind: entry.kind, writer: writerOf(entry.writer) };
    case 'warning':
      return { ...said, id: entry.finding.id };
    case 'rehearsed':
      return { ...said, label: entry.label };
    case 'recovery':
      return { ...said, executionArn: entry.executionArn };
    default:
      return entry satisfies never;
  }
};

const hookOf = ({ startedAtMs, deadlineMs, endedAtMs, ...hook }: ShownHook) => ({
  ...hook,
  startedAt: iso(startedAtMs),
  deadline: iso(deadlineMs),
  endedAt: endedAtMs === null ? null : iso(endedAtMs),
});

const writerOf = (answer: WriterAnswer | null) =>
  answer?.answer === 'named' ? { ...answer.writer, atMs: undefined, at: iso(answer.writer.atMs) } : null;

const scalingOf = ({ kind, suspended, line, writer }: NonNullable<View['scaling']>) => ({
  ...{ kind, suspended, line },
  writer: writerOf(writer),
});

/** How a deployment stands, the members that `status --json` and the stream share. */
export const standing = (view: View) => ({
  at: iso(view.nowMs),
  deploymentId: view.deploymentId,
  executionArn: view.executionArn,
  cluster: view.cluster,
  service: view.service,
  from: view.from,
  to: view.to,
  phase: view.phase,
  doing: view.doing,
  waitsFor: view.waitsFor,
  shift: view.position === null ? null : view.position + 1,
  shifts: view.shifts.map(({ greenPct, bakeMs, approval, test }) => ({
    ...(test === true ? { test } : {}),
    greenPct,
    bakeSeconds: bakeMs / SECOND_MS,
    approval: approval === true,
  })),
  routes: view.routes,
  ...(view.testRoute === null ? {} : { testRoute: view.testRoute }),
  blue: view.blue,
  green: view.green,
  alarms: view.alarms,
  decision:
    view.decision === null
      ? null
      : { decision: view.decision.kind, reason: view.decision.reason, at: iso(view.decision.atMs) },
  comparison:
    view.comparison === null
      ? null
      : {
          verdict: view.comparison.kind,
          reason: view.comparison.reason,
          metrics: view.comparison.metrics.map(({ metric, use, blue, green, maxLogE }) => ({
            ...{ metric, use, blue, green },
            evidence: Number(Math.exp(maxLogE).toPrecision(3)),
          })),
        },
  ...(view.notCompared === null ? {} : { notCompared: view.notCompared }),
  readiness: view.readiness,
  ...(view.size === null ? {} : { size: view.size }),
  ...(view.scaling === null ? {} : { scaling: scalingOf(view.scaling) }),
  ...(view.hooks.length === 0 ? {} : { hooks: view.hooks.map(hookOf) }),
  noWayBack: view.noReturn,
  possible: view.possible,
});

export const makeJsonSink = (terminal: Terminal): Sink => {
  let saidMs: number | null = null;
  return {
    show(view, entries) {
      for (const one of entries) writeEvent(terminal, one.type, eventOf(one));
      const first = saidMs === null;
      const quiet = saidMs !== null && view.nowMs - saidMs >= STANDING_EVERY_MS && view.ended === null;
      if (first || (quiet && entries.length === 0)) writeEvent(terminal, 'standing', standing(view));
      if (first || quiet || entries.length > 0) saidMs = view.nowMs;
    },
    tick() {},
    trouble: (message, againInMs) =>
      writeEvent(terminal, 'trouble', { message, againInSeconds: againInMs / SECOND_MS }),
    readable: () => writeEvent(terminal, 'readable', {}),
    close() {},
  };
};
