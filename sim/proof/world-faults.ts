import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { USUAL_STALENESS } from '../ecs/view-history.ts';
import { type MayLose, NOTHING, type ProofFault } from './fault.types.ts';
import { watchPoints } from './points.ts';
import { alarmName, groupArn, originalGroups, REQUESTS_PER_SECOND, routeArns } from './small-world.ts';
import type { Stage, StagedDeployment } from './stage.ts';

/** Something that happens in the world right after a call took effect, or as a state is entered. */
const worldFault = (
  name: string,
  says: string,
  mayLose: MayLose,
  happen: (stage: Stage, deployment: StagedDeployment) => void,
): ProofFault => ({
  name,
  says,
  mayLose,
  endsAlike: false,
  arm: (point) => (stage) => {
    const [deployment] = stage.deployments;
    if (deployment === undefined) return;
    let happened = false;
    const soon = (at: number): void => {
      if (at !== point.at || happened) return;
      happened = true;
      // An event of its own: what it changes is not taken for the call's doing.
      stage.world.kernel.scheduler.after(0, () => {
        stage.world.kernel.emit({ kind: 'fault', what: says, data: { fault: name } });
        happen(stage, deployment);
      });
    };
    watchPoints(
      stage,
      point.kind === 'call' ? { call: (_call, at) => soon(at) } : { state: (_state, at) => soon(at) },
    );
  },
});

/** A foreign writer of the kind the field reports tell of: a Terraform apply. */
const FOREIGN = 'terraform apply';

/** ECS notices a dead task within 5 s; a health check of this world within 10. */
const NOTICED_SECONDS = 10;

const killing = (colour: 'green' | 'blue'): ProofFault =>
  worldFault(
    `${colour}-task-dies`,
    `one ${colour} task dies`,
    {
      causes: ['deadTarget'],
      atMost: NOTICED_SECONDS * REQUESTS_PER_SECOND,
      because: 'requests reach the dead task until ECS or a health check notices',
    },
    (stage, deployment) => {
      const { ecs } = stage.world;
      const set = ecs
        .taskSets()
        .find(({ externalId }) => (externalId === deployment.deploymentId) === (colour === 'green'));
      if (set === undefined || ecs.killTask(set.id) === undefined)
        stage.nothingToDo(`no ${colour} task runs`);
    },
  );

const STALE_MS = 30 * SECOND_MS;

/** How long a foreign writer's mistake stands: until a person looks. */
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** As long as a person takes to see an alarm go red and green again; evaluation takes over then. */
const RED_MS = 5 * MINUTE_MS;

export const worldFaults: readonly ProofFault[] = [
  worldFault('stopped', 'the execution is stopped from outside', NOTHING, (stage, deployment) => {
    const execution = deployment.execution();
    if (execution?.status !== 'RUNNING') return stage.nothingToDo('the execution has ended');
    stage.orchestrator.stepFunctions.stopExecution(execution.arn, 'stopped by a person in the console');
  }),
  worldFault(
    'foreign-weights',
    `${FOREIGN} resets the weights to what they were`,
    {
      causes: ['emptyGroup'],
      atMost: UNBOUNDED,
      because: "once blue is retired, the foreign writer's weights send requests to nobody",
    },
    (stage, { service }) => {
      const { elbv2 } = stage.world;
      const original = originalGroups(service);
      const off = elbv2
        .routes()
        .filter(({ arn }) => routeArns(service).includes(arn))
        .filter(({ groups }) => JSON.stringify(groups) !== JSON.stringify(original));
      if (off.length === 0) return stage.nothingToDo('the weights are what they were');
      stage.foreignWrite();
      for (const { arn } of off) elbv2.foreignWrite(arn, original, FOREIGN);
    },
  ),
  worldFault(
    'foreign-removes-green',
    `${FOREIGN} deletes green's rule, or takes green out of a default action`,
    {
      causes: ['emptyGroup', 'noRoute'],
      atMost: UNBOUNDED,
      because:
        'requests of a deleted rule meet the 404 behind it; those of a default action go to blue alone, also when blue is gone',
    },
    (stage, { service }) => {
      const { elbv2 } = stage.world;
      const green = groupArn(service.name, 'b');
      const routes = elbv2
        .routes()
        .filter(({ arn }) => routeArns(service).includes(arn))
        .filter(({ groups }) => groups.some(({ targetGroupArn }) => targetGroupArn === green));
      if (routes.length === 0) return stage.nothingToDo('green is on no route');
      stage.foreignWrite();
      for (const { arn, kind } of routes) {
        if (kind === 'rule') elbv2.deleteRule(arn, FOREIGN);
        else elbv2.foreignWrite(arn, [{ targetGroupArn: groupArn(service.name, 'a'), weight: 100 }], FOREIGN);
      }
    },
  ),
  worldFault('alarm', 'an alarm goes red', NOTHING, ({ world }, { service }) =>
    world.cloudWatch.setAlarm(alarmName(service.name), 'ALARM', 'injected by the proof', { forMs: RED_MS }),
  ),
  killing('green'),
  killing('blue'),
  worldFault('stale-reads', `reads show the world of 30 s ago, for 30 s`, NOTHING, ({ world }) => {
    const { ecs, elbv2, kernel } = world;
    ecs.setStaleness(STALE_MS, STALE_MS);
    elbv2.setStaleness(STALE_MS);
    kernel.scheduler.after(STALE_MS, () => {
      ecs.setStaleness(USUAL_STALENESS.maxMs, USUAL_STALENESS.minMs);
      elbv2.setStaleness(0);
    });
  }),
];
