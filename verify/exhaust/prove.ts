import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { MAX_OBSERVATIONS_PER_BAKE } from '../../core/verdict/bake-observations.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import type { ProofFault } from '../faults/fault.types.ts';
import type { Span } from '../faults/span.ts';
import { type Losses, minus } from '../stage/losses.ts';
import { describePoint, type Point, recordPoints, watchPoints } from '../stage/points.ts';
import { sceneOf } from '../stage/scene.ts';
import { HOOK_ARN } from '../stage/small-hooks.ts';
import { definitionArn, quickHealthy, REQUESTS_PER_SECOND } from '../stage/small-names.ts';
import { runStage, type Stage, type StageResult } from '../stage/stage.ts';
import { countNeedlessReads } from '../stage/watch-reads.ts';
import type { Base } from './base.ts';
import { knownProblems } from './not-yet-held.ts';

/** Any fixed seed: what the proof varies is the fault and its place. */
const SEED = 1;

type OnEvent = (event: SimEvent, sinceStartMs: number) => void;

const play = (base: Base, disturb?: (stage: Stage) => void, onEvent?: OnEvent): Promise<StageResult> =>
  runStage({
    world: base.world,
    behaviourOf: (arn) =>
      arn === definitionArn(base.service.name, 2) ? base.version : (base.old ?? quickHealthy),
    deployments: [
      {
        service: base.service,
        request: base.request,
        startAfterMs: 0,
        ...(base.execution === undefined ? {} : { name: base.execution }),
      },
    ],
    seed: SEED,
    disturb: (stage) => {
      if (base.hook !== undefined) stage.world.functions.install(HOOK_ARN, base.hook);
      if (base.stoppedAt !== undefined) stopAt(stage, base.stoppedAt);
      disturb?.(stage);
    },
    ...(onEvent === undefined ? {} : { onEvent }),
  });

const stopAt = (stage: Stage, state: string): void => {
  const [deployment] = stage.deployments;
  if (deployment === undefined) return;
  const { stopExecution } = sceneOf(stage, deployment);
  let stopped = false;
  watchPoints(stage, {
    state: (entered) => {
      if (stopped || entered !== state) return;
      stopped = true;
      stage.world.kernel.scheduler.after(0, stopExecution);
    },
  });
};

/** A bad version's errors are its own, and not the fault's. */
const isVersions = ({ version }: Base, cause: string): boolean =>
  cause === 'versionError' && version !== quickHealthy;

/**
 * How long a fault may put off that a bad version is found out and loses its users: ten minutes of it, the step's
 * tries, a recovery, and the alarm's or the metrics' minutes once more.
 */
const FOUND_LATER_MS = 30 * MINUTE_MS;

/** The share of the users that the plan gives it before it has been judged. */
const firstShare = ({ request }: Base): number => {
  const [first] = Array.isArray(request.shifts) ? (request.shifts as { greenPct: number }[]) : [];
  return (first?.greenPct ?? 100) / 100;
};

/**
 * A bad version's own errors beyond those of the undisturbed run: it keeps the first shift's share for so much longer
 * at the most. Where the fault itself costs requests a colour may be missing, its users have nobody else to go to, and
 * only invariant 8 bounds how long.
 */
const mostOfVersions = (base: Base, { mayLose, keepsFromRunningMs = 0 }: ProofFault): number =>
  mayLose.causes.length > 0
    ? Number.POSITIVE_INFINITY
    : ((FOUND_LATER_MS + keepsFromRunningMs) / SECOND_MS) * REQUESTS_PER_SECOND * firstShare(base);

/** Of one bake that nothing wakes: those of its own, one right after the shift, and an alarm's. */
const MOST_OBSERVATIONS = MAX_OBSERVATIONS_PER_BAKE + 2;

const shiftsOf = ({ request }: Base): number => (Array.isArray(request.shifts) ? request.shifts.length : 1);

export type Undisturbed = {
  points: Point[];
  losses: Losses;
  problems: string[];
  virtualSeconds: number;
  /** With what its execution ended; undefined: with none. */
  error: string | undefined;
};

/** The base without a fault: where it can be disturbed, and what it loses by itself. */
export const undisturbed = async (base: Base, onEvent?: OnEvent): Promise<Undisturbed> => {
  let points: Point[] = [];
  let needlessReads = (): number => 0;
  const result = await play(
    base,
    (stage) => {
      points = recordPoints(stage);
      needlessReads = countNeedlessReads(stage.world);
    },
    onEvent,
  );
  const end = result.ends[0];
  const problems = problemsOf(result);
  if (end?.outcome?.kind !== base.ends) {
    problems.push(`expected the undisturbed run to end ${base.ends}, found ${describeEnd(result)}`);
  }
  const observed = points.filter((point) => point.kind === 'state' && point.state === 'JudgeHealth').length;
  const most = shiftsOf(base) * MOST_OBSERVATIONS;
  if (observed > most) {
    problems.push(`its health was judged ${observed} times, of which its bakes explain at most ${most}`);
  }
  if (needlessReads() > 0)
    problems.push(`the watch read ${needlessReads()} times what the deployment was about to read itself`);
  const lost = Object.entries(end?.losses ?? {}).filter(([cause]) => !isVersions(base, cause));
  problems.push(
    ...lost.map(([cause, count]) => `users lost ${count} requests by ${cause} in the undisturbed run`),
  );
  return {
    points,
    losses: end?.losses ?? {},
    problems,
    virtualSeconds: result.virtualSeconds,
    error: end?.error,
  };
};

type Verdict =
  | { kind: 'passed' }
  | { kind: 'notApplicable'; why: string }
  /** All that is wrong is known (not-yet-held.ts). */
  | { kind: 'notYetHeld'; problems: string[]; entries: string[] }
  | { kind: 'failed'; problems: string[] };

/**
 * One run with one fault at one point, judged; null where the fault has no meaning. With a span it also hears
 * at which of the points that follow there is nothing to strike.
 */
export const prove = async (
  base: Base,
  before: Undisturbed,
  point: Point,
  fault: ProofFault,
  { onEvent, span }: { onEvent?: OnEvent | undefined; span?: Span } = {},
): Promise<Verdict | null> => {
  let nothing = false;
  const disturb = fault.arm(point, {
    later: span?.later ?? new Set(),
    nothingAt: (at) => {
      nothing ||= at === point.at;
      span?.nothingAt(at);
    },
  });
  if (disturb === null) return null;

  const result = await play(base, disturb, onEvent);
  if (result.nothingToDo !== null || nothing)
    return { kind: 'notApplicable', why: result.nothingToDo ?? 'nothing to strike' };
  const problems = [...problemsOf(result), ...lossProblems(base, before.losses, fault, result)];
  const outcome = result.ends[0]?.outcome?.kind;
  if (problems.length === 0 && fault.endsAlike && outcome !== base.ends) {
    problems.push(`expected it to end ${base.ends} all the same, found ${describeEnd(result)}`);
  }
  // What one retry helps needs no recovery: an execution that ends stuck has paged somebody.
  const error = result.ends[0]?.error;
  if (problems.length === 0 && fault.endsAlike && error !== before.error) {
    problems.push(
      `expected its execution to end with ${before.error ?? 'no error'} all the same, found ${error ?? 'none'}`,
    );
  }
  const { mustEnd } = result;
  if (problems.length === 0 && mustEnd !== null && outcome !== mustEnd.kind) {
    problems.push(
      `expected it to end ${mustEnd.kind}, because ${mustEnd.because}, found ${describeEnd(result)}`,
    );
  }
  if (problems.length === 0) return { kind: 'passed' };
  const names = [fault.variantOf ?? fault.name, ...(fault.beside === undefined ? [] : [fault.beside])];
  const known = knownProblems({ faults: names, at: describePoint(point) }, problems);
  return known === null
    ? { kind: 'failed', problems }
    : { kind: 'notYetHeld', problems, entries: known.map(({ because }) => because) };
};

const describeEnd = ({ ends }: StageResult): string => {
  const end = ends[0];
  return end?.outcome
    ? `${end.outcome.kind}: ${end.outcome.reason}`
    : `no recorded outcome (${end?.error ?? 'no error'})`;
};

const problemsOf = ({ violations, problems, settled, lastReason, virtualSeconds }: StageResult): string[] => {
  const all = [
    ...violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
    ...problems,
  ];
  if (settled || problems.length > 0 || violations.some(({ invariant }) => invariant !== 6)) return all;
  // One problem, with what it waits for: that the lease is held and the record is open follows from it.
  const open = violations.map(({ message }) => message).join(', ');
  const minutes = Math.round(virtualSeconds / 60);
  return [`it has not converged after ${minutes} virtual minutes (${open}): ${lastReason}`];
};

const lossProblems = (base: Base, usual: Losses, fault: ProofFault, { ends }: StageResult): string[] => {
  const { mayLose } = fault;
  const lost = minus(ends[0]?.losses ?? {}, usual);
  return Object.entries(lost).flatMap(([cause, count]) => {
    if (isVersions(base, cause)) {
      const most = mostOfVersions(base, fault);
      return count <= most
        ? []
        : [`a bad version failed ${count} requests more than undisturbed, at most ${most} expected`];
    }
    const allowed = (mayLose.causes as readonly string[]).includes(cause) ? mayLose.atMost : 0;
    return count <= allowed
      ? []
      : [`users lost ${count} requests by ${cause}, of which the fault explains at most ${allowed}`];
  });
};
