import type { OutcomeKind } from '../../core/vocabulary/ending.types.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import type { Losses } from '../stage/losses.ts';
import { type Point, recordPoints, watchPoints } from '../stage/points.ts';
import { sceneOf } from '../stage/scene.ts';
import { definitionArn, quickHealthy } from '../stage/small-names.ts';
import { runStage, type Stage, type StageResult } from '../stage/stage.ts';
import type { Entry, Played } from './deployments.ts';
import type { ModelFault } from './faults.ts';
import { type Users, watchUsers } from './users.ts';

/** Any fixed seed: what differs between two runs is the fault and its place. */
const SEED = 1;

/** How one run ended, and what its users met. */
export type Ending = {
  /**
   * `neverBegan`: it has no record; `unrecorded`: its record has no end; `open`: after six virtual hours it still
   * holds the service's lease.
   */
  outcome: OutcomeKind | 'neverBegan' | 'unrecorded' | 'open';
  /** Executions that the sweep started for it. */
  recoveries: number;
  /**
   * From the moment the played deployment counts from until blue had all users again; null when it never lost them,
   * or has not.
   */
  backAfterMs: number | null;
  /** Since the deployment started. */
  endedAfterMs: number;
  losses: Losses;
  /** What is not as a deployment leaves it, in words. */
  left: string[];
  /** Invariants that broke, and what else a checker found: a bug, wherever it happens. */
  broken: string[];
};

type Disturb = (stage: Stage) => void;

/** Where the deployment can be disturbed, and how it ends when it is not. */
type Undisturbed = { points: Point[]; ending: Ending };

const leftBehind = (ending: Pick<Ending, 'outcome'>, users: Users, stage: Stage): string[] => {
  const { ecs, dynamoDb } = stage.world;
  const colour = ending.outcome === 'succeeded' ? 'green' : 'blue';
  const ended = ['succeeded', 'rolledBack'].includes(ending.outcome);
  const asItShould = ended ? users.allOn(colour) : users.allOn('blue') || users.allOn('green');
  const sets = ecs.taskSets().length;
  const locked = dynamoDb.items().some(({ pk, holder }) => pk === 'leases' && holder !== undefined);
  return [
    ...(locked ? ['the service is locked'] : []),
    ...(sets > 1 ? [`${sets} task sets`] : []),
    ...(users.routesGone() > 0 ? ['the rule that somebody deleted is gone'] : []),
    ...(users.routesGone() === 0 && !asItShould
      ? [ended ? 'weights that somebody else wrote' : 'traffic where it was, on both colours']
      : []),
  ];
};

const run = async (played: Played, disturb: Disturb): Promise<{ ending: Ending; nothingToDo: boolean }> => {
  const { base, others = [], startAfterMs = 0 } = played;
  const observed = String(base.request.taskDefinition).endsWith(':3') ? 3 : 2;
  let stage: Stage | undefined;
  let users: Users | undefined;
  let endedAfterMs = 0;
  const result: StageResult = await runStage({
    world: base.world,
    behaviourOf: (arn) => (arn === definitionArn(base.service.name, observed) ? base.version : quickHealthy),
    deployments: [{ service: base.service, request: base.request, startAfterMs }, ...others],
    seed: SEED,
    disturb: (begun) => {
      stage = begun;
      // Each deployment before it swapped the groups' colours.
      users = watchUsers(begun, others.length % 2 === 0 ? 'a' : 'b');
      const { mark } = users;
      if (played.since === 'the alarm went red')
        begun.world.cloudWatch.onChange(({ to }) => to === 'ALARM' && mark());
      begun.world.kernel.onEvent(({ kind, data }) => {
        if (kind === 'fault' && (played.since === 'the fault' || data?.fault === 'stopped')) mark();
      });
      played.also?.(begun);
      disturb(begun);
    },
    onEvent: ({ data }, sinceStartMs) => {
      if (data?.phase === 'ended') endedAfterMs = sinceStartMs;
    },
  });
  if (stage === undefined || users === undefined) throw new Error('the stage never began');
  const [end] = result.ends;
  const hasRecord =
    stage.world.dynamoDb.item(`deployment#${stage.deployments[0]?.deploymentId}`, 'record') !== undefined;
  const withoutEnd = hasRecord ? 'unrecorded' : 'neverBegan';
  const outcome = result.settled ? (end?.outcome?.kind ?? withoutEnd) : 'open';
  const ending: Ending = {
    outcome,
    recoveries: stage.orchestrator.stepFunctions
      .executions()
      .filter(({ name }) => name.startsWith('recover-')).length,
    backAfterMs: outcome === 'rolledBack' || outcome === 'open' ? users.backAfterMs() : null,
    endedAfterMs,
    losses: end?.losses ?? {},
    left: leftBehind({ outcome }, users, stage),
    broken: [
      ...result.violations
        .filter(({ invariant }) => outcome !== 'open' || invariant !== 6)
        .map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
      ...result.problems,
    ],
  };
  return { ending, nothingToDo: result.nothingToDo !== null };
};

const isEntry = ({ entering, time }: Entry) => {
  let entered = 0;
  return (point: Point): boolean => point.kind === 'state' && point.state === entering && ++entered === time;
};

/** What goes wrong before anything is struck. */
const firstTrouble = ({ first }: Played): Disturb => {
  if (first === undefined) return () => undefined;
  const faults = first.faults.map(({ name, afterMs }) => {
    const worldFault = worldFaultNamed(name);
    if (worldFault === undefined) throw new Error(`the catalogue has no fault ${name}`);
    return { ...worldFault, afterMs };
  });
  return (stage) => {
    const { kernel } = stage.world;
    const [deployment] = stage.deployments;
    const hit = isEntry(first);
    watchPoints(stage, {
      state: (state, at) => {
        if (deployment === undefined || !hit({ kind: 'state', at, state, task: false })) return;
        for (const { name, description, afterMs, apply } of faults) {
          kernel.scheduler.after(afterMs, () => {
            kernel.emit({ kind: 'fault', what: description, data: { fault: name } });
            apply(sceneOf(stage, deployment));
          });
        }
      },
    });
  };
};

/**
 * Points before the trouble that comes first, or of the deployments that come before, are another deployment's to
 * show.
 */
const ownPoints = ({ first, until, others = [] }: Played, points: Point[]): Point[] => {
  const from = points.findIndex(isEntry(first ?? { entering: 'Begin', time: others.length + 1 }));
  return points.slice(from, until === undefined ? undefined : points.findIndex(isEntry(until)));
};

export type Stageable = {
  undisturbed: Undisturbed;
  strike(fault: ModelFault, point: Point): Promise<Ending | null>;
};

/**
 * One deployment, ready to be struck: `strike` plays it with one fault at one point; null where the fault finds
 * nothing to strike.
 */
export const prepare = async (played: Played): Promise<Stageable> => {
  const first = firstTrouble(played);
  let points: Point[] = [];
  const { ending } = await run(played, (stage) => {
    first(stage);
    points = recordPoints(stage);
  });

  return {
    undisturbed: { ending, points: ownPoints(played, points) },
    strike: async (fault, point) => {
      const arm = fault.arm(point);
      if (arm === null) return null;
      const struck = await run(played, (stage) => {
        const { kernel } = stage.world;
        const here = (at: number): void => {
          if (at === point.at && played.since === 'the fault')
            kernel.emit({ kind: 'fault', what: fault.description, detail: true });
        };
        first(stage);
        watchPoints(
          stage,
          point.kind === 'call' ? { call: (_call, at) => here(at) } : { state: (_state, at) => here(at) },
        );
        arm(stage);
      });
      return struck.nothingToDo ? null : struck.ending;
    },
  };
};

/** A deployment with something failing around it. */
export const playOutside = async (played: Played, disturb: Disturb): Promise<Ending> => {
  const first = firstTrouble(played);
  const { ending } = await run(played, (stage) => {
    disturb(stage);
    first(stage);
  });
  return ending;
};
