import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { WeightedGroup } from '../../core/vocabulary/plan.types.ts';
import { USUAL_STALENESS } from '../../sim/ecs/view-history.ts';
import { STALE_READS } from '../stage/looks.ts';
import { originalGroups } from '../stage/small-balancers.ts';
import { alarmName, groupArn, REQUESTS_PER_SECOND, routeArns, serviceArn } from '../stage/small-names.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { ownerOf } from '../stage/watched-deployment.ts';
import { type MayLose, NOTHING } from './fault.types.ts';

/** Something that happens to a deployment from outside, at any moment. */
export type Happening = {
  name: string;
  says: string;
  mayLose: MayLose;
  /** What it does to the service, for those who choose faults that may come together. */
  does?: 'killsTask' | 'writesRoutes';
  /** Null, or why there was nothing to do it to. */
  happen(stage: Stage, deployment: StagedDeployment): string | null;
};

/** A foreign writer of the kind the field reports tell of: a Terraform apply. */
const FOREIGN = 'terraform apply';

/** ECS notices a dead task within 5 s; a health check of this world within 10. */
const NOTICED_SECONDS = 10;

/** How long a foreign writer's mistake stands: until a person looks. */
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** As long as a person takes to see an alarm go red and green again; evaluation takes over then. */
const RED_MS = 5 * MINUTE_MS;

const STALE_MS = 30 * SECOND_MS;

const stopped: Happening = {
  name: 'stopped',
  says: 'the execution is stopped from outside',
  mayLose: NOTHING,
  happen: ({ orchestrator }, { deploymentId }) => {
    // Its recovery is one of its executions, too.
    const owner = ownerOf(orchestrator);
    const running = orchestrator.stepFunctions
      .executions()
      .find(({ arn, status }) => status === 'RUNNING' && owner({ executionArn: arn }) === deploymentId);
    if (running === undefined) return 'the execution has ended';
    orchestrator.stepFunctions.stopExecution(running.arn, 'stopped by a person in the console');
    return null;
  },
};

const foreignWeights: Happening = {
  name: 'foreign-weights',
  does: 'writesRoutes',
  says: `${FOREIGN} resets the weights to what they were`,
  mayLose: {
    causes: ['emptyGroup'],
    atMost: UNBOUNDED,
    because: "once blue is retired, the foreign writer's weights send requests to nobody",
  },
  happen: (stage, { service }) => {
    const { elbv2 } = stage.world;
    const original = originalGroups(service);
    const off = elbv2
      .routes()
      .filter(({ arn }) => routeArns(service).includes(arn))
      .filter(({ groups }) => JSON.stringify(groups) !== JSON.stringify(original));
    if (off.length === 0) return 'the weights are what they were';
    stage.foreignWrite();
    for (const { arn } of off) elbv2.foreignWrite(arn, original, FOREIGN);
    return null;
  },
};

const foreignRemovesGreen: Happening = {
  name: 'foreign-removes-green',
  does: 'writesRoutes',
  says: `${FOREIGN} deletes green's rule, or takes green out of a default action`,
  mayLose: {
    causes: ['emptyGroup', 'noRoute'],
    atMost: UNBOUNDED,
    because:
      'requests of a deleted rule meet the 404 behind it; those of a default action go to blue alone, also when blue is gone',
  },
  happen: (stage, { service }) => {
    const { elbv2 } = stage.world;
    const [blue, green] = [groupArn(service.name, 'a'), groupArn(service.name, 'b')];
    const others = (groups: WeightedGroup[]): WeightedGroup[] =>
      groups.filter(({ targetGroupArn }) => targetGroupArn !== blue && targetGroupArn !== green);
    const routes = elbv2
      .routes()
      .filter(({ arn }) => routeArns(service).includes(arn))
      .filter(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === green));
    if (routes.length === 0) return 'green is on no route';
    stage.foreignWrite();
    for (const { arn, kind, groups } of routes) {
      if (kind === 'rule') elbv2.deleteRule(arn, FOREIGN);
      else elbv2.foreignWrite(arn, [{ targetGroupArn: blue, weight: 100 }, ...others(groups)], FOREIGN);
    }
    return null;
  },
};

const alarm: Happening = {
  name: 'alarm',
  says: 'an alarm goes red',
  mayLose: NOTHING,
  happen: ({ world }, { service }) => {
    world.cloudWatch.setAlarm(alarmName(service.name), 'ALARM', 'injected by the proof', { forMs: RED_MS });
    return null;
  },
};

const taskDies = (colour: 'green' | 'blue'): Happening => ({
  name: `${colour}-task-dies`,
  does: 'killsTask',
  says: `one ${colour} task dies`,
  mayLose: {
    causes: ['deadTarget'],
    atMost: NOTICED_SECONDS * REQUESTS_PER_SECOND,
    because: 'requests reach the dead task until ECS or a health check notices',
  },
  happen: ({ world: { ecs } }, { service, deploymentId }) => {
    const set = ecs
      .taskSets()
      .filter((each) => each.serviceArn === serviceArn(service.name))
      .find(({ externalId }) => (externalId === deploymentId) === (colour === 'green'));
    return set === undefined || ecs.killTask(set.id) === undefined ? `no ${colour} task runs` : null;
  },
});

/** As long as a zone or a capacity provider may have nothing left. */
const SHORT_MS = 5 * MINUTE_MS;

const staysShort = (colour: 'green' | 'blue'): Happening => ({
  name: `${colour}-stays-short`,
  says: `one ${colour} task dies, and no other can be placed for five minutes`,
  mayLose: taskDies(colour).mayLose,
  happen: (stage, deployment) => {
    const { ecs } = stage.world;
    const why = taskDies(colour).happen(stage, deployment);
    for (const { id, serviceArn: arn, externalId } of ecs.taskSets()) {
      const isGreen = externalId === deployment.deploymentId;
      if (arn === serviceArn(deployment.service.name) && isGreen === (colour === 'green'))
        ecs.holdLaunches(id, SHORT_MS);
    }
    return why;
  },
});

const staleReads: Happening = {
  name: STALE_READS,
  says: 'reads show the world of 30 s ago, for 30 s',
  mayLose: NOTHING,
  happen: ({ world: { ecs, elbv2, kernel } }) => {
    ecs.setStaleness(STALE_MS, STALE_MS);
    elbv2.setStaleness(STALE_MS);
    kernel.scheduler.after(STALE_MS, () => {
      ecs.setStaleness(USUAL_STALENESS.maxMs, USUAL_STALENESS.minMs);
      elbv2.setStaleness(0);
    });
    return null;
  },
};

export const happenings: readonly Happening[] = [
  stopped,
  foreignWeights,
  foreignRemovesGreen,
  alarm,
  taskDies('green'),
  taskDies('blue'),
  staleReads,
];

/** Only in the exhaust: the soak's seeds stand for what they always stood for. */
export const shortages: readonly Happening[] = [staysShort('green'), staysShort('blue')];
