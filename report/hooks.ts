import { formatDuration } from '../core/duration.ts';
import { describeHook } from '../core/hooks/evidence.ts';
import type { ShownHook } from '../core/vocabulary/hooks.types.ts';
import type { Mark, ReportedHook } from './report.types.ts';

export const reportedHook = (
  { startedAtMs, endedAtMs, deadlineMs: _end, ...hook }: ShownHook,
  sinceMs: number,
): ReportedHook => ({
  ...hook,
  atMs: Math.max(0, startedAtMs - sinceMs),
  tookMs: endedAtMs === null ? null : endedAtMs - startedAtMs,
});

/** `POST_SCALE_UP`, `PRE_PRODUCTION_TRAFFIC_SHIFT 2` */
export const stageOf = ({ stage, step }: Pick<ReportedHook, 'stage' | 'step'>): string =>
  step === 0 ? stage : `${stage} ${step}`;

export const tookInWords = ({ tookMs }: ReportedHook): string =>
  tookMs === null ? 'still runs' : formatDuration(tookMs);

/** As each ended: in the chart it is between what it held back and what came of it. */
export const hookMarks = (hooks: readonly ShownHook[], sinceMs: number): Mark[] =>
  hooks.map((hook) => ({
    atMs: Math.max(0, (hook.endedAtMs ?? hook.startedAtMs) - sinceMs),
    kind: 'hook',
    who: hook.kind === 'approval' ? 'a person' : hook.name,
    what: describeHook({ ...hook, reason: null }),
    why: hook.reason ?? '',
  }));
