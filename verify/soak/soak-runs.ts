import { createHash } from 'node:crypto';
import { parseBehaviour } from '../../rehearsal/behaviour.ts';
import type { WorldFault } from '../../rehearsal/faults/world-fault.types.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import type { Behaviour, FailureCause } from '../../sim/parts.types.ts';
import { inRequests } from '../faults/world-faults.ts';
import {
  definitionArn,
  quick,
  quickHealthy,
  type Revision,
  type SmallService,
} from '../stage/small-names.ts';
import { smallWorld } from '../stage/small-world.ts';
import { runStage, type StageResult } from '../stage/stage.ts';
import { armSoak } from './arm-soak.ts';
import { describeFault, type Schedule, type SoakFault, scheduleOf } from './schedule.ts';
import { shrink } from './shrink.ts';

/** `stronger`: how many of the stronger faults; absent: one. */
export type SeedTask = { seed: number; stronger?: number };

export type SeedResult = {
  seed: number;
  stronger: number;
  deployments: number;
  faults: string[];
  virtualSeconds: number;
  outcomes: string[];
  problems: string[];
  /** Of a failure: indexes of the faults that matter, as `--only` takes them. */
  matter: number[];
};

/** A version as a schedule writes it: `shop:2` and `errors:50%`. */
const versionNamed = (key: string, text: string) => {
  const [service = '', revision] = key.split(':');
  const parsed = parseBehaviour(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { service, revision: Number(revision) as Revision, version: parsed.behaviour };
};

export const versionOf = ({ versions }: Schedule): ((arn: string) => Behaviour) => {
  const byArn = new Map(
    Object.entries(versions).map(([key, text]) => {
      const { service, revision, version } = versionNamed(key, text);
      return [definitionArn(service, revision), quick(version)] as const;
    }),
  );
  return (arn) => byArn.get(arn) ?? quickHealthy;
};

type SoakRun = { problems: string[]; hash: string; result: StageResult };

/** One schedule, or what `--only` leaves of its faults. */
export const playSchedule = async (
  schedule: Schedule,
  faults: readonly SoakFault[],
  onEvent?: (event: SimEvent, sinceStartMs: number) => void,
): Promise<SoakRun> => {
  const hash = createHash('sha256');
  const result = await runStage({
    world: smallWorld(schedule.services),
    behaviourOf: versionOf(schedule),
    deployments: schedule.deployments,
    seed: schedule.seed,
    disturb: (stage) => armSoak(stage, faults),
    onEvent: (event, sinceStartMs) => {
      hash.update(JSON.stringify(event));
      onEvent?.(event, sinceStartMs);
    },
  });
  return { problems: problemsOf(schedule, faults, result), hash: hash.digest('hex'), result };
};

const problemsOf = (schedule: Schedule, faults: readonly SoakFault[], result: StageResult): string[] => [
  ...result.violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
  ...result.problems,
  ...(result.settled || result.violations.length + result.problems.length > 0
    ? []
    : [`not converged after ${Math.round(result.virtualSeconds / 60)} virtual minutes`]),
  ...(result.violations.length + result.problems.length > 0 ? [] : lossProblems(schedule, faults, result)),
];

/** What the schedule's faults may cost the users of each service, added up. */
const lossProblems = (schedule: Schedule, faults: readonly SoakFault[], { ends }: StageResult): string[] =>
  schedule.deployments.flatMap(({ service }, index) => {
    const allowed = new Map<FailureCause, number>();
    const deleted = faults.some((fault) => fault.kind === 'world' && fault.name === 'foreign-removes-green');
    const share = shareOfUsers(schedule.services, service, deleted);
    const struck = faults.flatMap((fault) => {
      const found = fault.kind === 'world' ? worldFaultNamed(fault.name) : undefined;
      if (fault.kind !== 'world' || found === undefined) return [];
      return { found, onService: schedule.deployments[fault.deployment]?.service.name === service.name };
    });
    const among: Circumstances = {
      failsChecks: struck.some(({ found, onService }) => onService && found.does === 'failsChecks'),
      grows: schedule.deployments.some((each) => each.service.name === service.name && grows(each.request)),
    };
    for (const { found, onService } of struck) {
      const mayLose = inRequests(found.mayLose);
      const causes = [...mayLose.causes, ...mayAlsoCause(found, among)];
      for (const cause of causes) {
        // Requests that found no route belong to no service: the traffic counts them for the account.
        if (onService || cause === 'noRoute')
          allowed.set(cause, (allowed.get(cause) ?? 0) + share * mayLose.atMost);
      }
    }
    return Object.entries(ends[index]?.losses ?? {}).flatMap(([cause, count]) => {
      if (isVersions(schedule, service.name, cause)) return [];
      const atMost = allowed.get(cause as FailureCause) ?? 0;
      return count <= atMost
        ? []
        : [
            `users of ${service.name} lost ${count} requests by ${cause}, its faults explain at most ${atMost}`,
          ];
    });
  });

/** What makes a fault cost more of a service than it does alone. */
type Circumstances = {
  /** Its tasks fail their checks while they serve. */
  failsChecks: boolean;
  /** A green of it grows with its weight: one task of two up to half of the users. */
  grows: boolean;
};

const grows = (request: unknown): boolean => (request as { capacity?: object }).capacity !== undefined;

/**
 * Of a service deployed twice, what somebody writes may name the group whose tasks only start. While no task of a
 * colour passes its checks the balancer fails open [fact 81]: one that dies then, and the one in its place until it
 * listens, get their share as the others do. A green's only task leaves nobody, for the twenty seconds in which ECS
 * has another one or users are moved: half of them, so as many as all in ten.
 */
const mayAlsoCause = ({ does }: WorldFault, among: Circumstances): FailureCause[] => {
  if (does === 'writesRoutes') return ['sickTarget'];
  if (does !== 'killsTask') return [];
  if (among.grows) return ['emptyGroup', 'sickTarget'];
  return among.failsChecks ? ['sickTarget'] : [];
};

/**
 * Routes share the requests of a world evenly: who has two of three has more than a service alone. The users of a rule
 * that somebody deletes have the listener's default action from then on, which may be another service's.
 */
const shareOfUsers = (services: readonly SmallService[], service: SmallService, deleted: boolean): number => {
  const routes = services.reduce((sum, one) => sum + one.routes.length, 0);
  const theirs = deleted ? services.filter(({ behind }) => behind === service.name).length : 0;
  return Math.max(1, (services.length * (service.routes.length + theirs)) / routes);
};

/** A version's own errors, and the deaths of one that crashes, are its own. */
const isVersions = ({ versions }: Schedule, name: string, cause: string): boolean =>
  Object.entries(versions).some(([key, text]) => {
    const { service, version } = versionNamed(key, text);
    if (service !== name) return false;
    const fails = version.changesAtMs.concat(0).some((sinceMs) => version.errorShare(sinceMs, 0, 0) > 0);
    return (
      (fails && cause === 'versionError') ||
      (version.crash !== undefined && ['deadTarget', 'sickTarget', 'emptyGroup'].includes(cause))
    );
  });

/** A seed, run twice; a failure is cut down to the faults that matter. */
export const soakSeed = async ({ seed, stronger = 1 }: SeedTask): Promise<SeedResult> => {
  const schedule = scheduleOf(seed, stronger);
  const first = await playSchedule(schedule, schedule.faults);
  const second = await playSchedule(scheduleOf(seed, stronger), schedule.faults);
  const problems =
    first.hash === second.hash ? first.problems : [...first.problems, 'two runs of the seed differ'];

  const indexes = schedule.faults.map((_fault, index) => index);
  const fails = async (kept: readonly number[]): Promise<boolean> =>
    (await playSchedule(schedule, keep(schedule, kept))).problems.length > 0;
  const matter =
    problems.length === 0 || first.problems.length === 0 ? indexes : await shrink(indexes, fails);
  return {
    seed,
    stronger,
    deployments: schedule.deployments.length,
    faults: schedule.faults.map((fault) => describeFault(fault, schedule)),
    virtualSeconds: first.result.virtualSeconds,
    outcomes: first.result.ends.map(({ outcome }) => outcome?.kind ?? 'none'),
    problems,
    matter: [...matter],
  };
};

export const keep = ({ faults }: Schedule, indexes: readonly number[]): SoakFault[] =>
  faults.filter((_fault, index) => indexes.includes(index));
