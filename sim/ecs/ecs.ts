import type { Task } from '@aws-sdk/client-ecs';
import type { Sender } from '../../aws/call.ts';
import { makeFakeClient } from '../kernel/fake-client.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Behaviour, TargetRegistry, TaskHost, TaskPlay, WorldSeed } from '../parts.types.ts';
import { makeBehaviourHost } from './behaviour-host.ts';
import { computedDesiredCount, runningCount } from './counts.ts';
import { departFrom } from './depart.ts';
import type { Departure, SimService, SimTaskSet, TaskSetSnapshot } from './ecs.types.ts';
import { type Colour, killTask } from './kill-task.ts';
import { listReads } from './list-reads.ts';
import { makeLookup } from './lookup.ts';
import { type NativeDeployment, nativeDeploymentReads } from './native-deployments.ts';
import { makeOneOffTasks } from './one-off-tasks.ts';
import { operatorWrites } from './operator-writes.ts';
import { registerTaskDefinition } from './register-task-definition.ts';
import { seededServices } from './seeded-services.ts';
import { serviceOperations } from './service-operations.ts';
import { serviceReads } from './service-reads.ts';
import { makeServiceScheduler } from './service-scheduler.ts';
import { makeTasks } from './task.ts';
import { makeTaskBook } from './task-book.ts';
import type { TaskEvents } from './task-end.ts';
import { checkedHealthOf } from './task-health.ts';
import { makeTaskLife } from './task-life.ts';
import { taskReads } from './task-reads.ts';
import { taskSetOperations } from './task-set-operations.ts';
import { makeTaskSetWatch } from './task-set-watch.ts';
import { makeViewHistory, USUAL_STALENESS } from './view-history.ts';
import { snapshot, statusOf } from './views.ts';

/** ECS with the EXTERNAL deployment controller: task sets and the tasks in them. sim/README.md is its specification. */
export type SimEcs = {
  client: Sender;
  /** The live task sets, for invariants and reports; reads through the client may show older ones. */
  taskSets(): TaskSetSnapshot[];
  /** Those of one service; none when there is no such service. */
  taskSetsOf(serviceArn: string): TaskSetSnapshot[];
  /** The tasks of a service that deploys itself, which has no task set to show; undefined: it is none, or there is none. */
  wholeOf(serviceArn: string): TaskSetSnapshot | undefined;
  /** Of every service that is not INACTIVE. */
  services(): { arn: string; name: string; clusterArn: string; status: string; controller: string }[];
  /** Its tasks that run and the groups that they serve from, of ECS's own deployments too. */
  runs(serviceArn: string): { running: number; targetGroupArns: string[] };
  desiredCountOf(serviceArn: string): number;
  /** What auto scaling does: every task set follows [fact 8]. */
  setDesiredCount(serviceArn: string, count: number): void;
  /**
   * Ends a running task's process at once: `blue` takes the oldest task of a set the run began with, `green` of the set
   * created last; else a task's ARN, or a task set's id for its oldest one. `stopped` is how an operator's StopTask
   * goes, which does not wait for the target to drain. Answers the task's ARN, or undefined when nothing of the kind
   * runs.
   */
  killTask(which: Colour | (string & {}), how?: 'crashed' | 'stopped'): string | undefined;
  /** For so long no task of the set can be placed: the capacity provider, or the zone, has nothing left. */
  holdLaunches(taskSetId: string, forMs: number): void;
  /**
   * For so long the set's tasks, and those that ECS starts meanwhile, behave unlike their version. False when nothing
   * of the set runs, or when its tasks are real programs.
   */
  depart(taskSetId: string, departure: Departure, forMs: number): boolean;
  /** From now on a service lists its task sets only while one is PRIMARY, as ECS might. */
  listOnlyWithPrimary(): void;
  /**
   * How one-off tasks go, by the environment that they are started with; by default they end well after some seconds.
   */
  playTasks(play: (environment: Readonly<Record<string, string>>) => TaskPlay): void;
  /** All that were started, oldest first. */
  oneOffTasks(): Task[];
  /** ECS answers reads of such a deployment, which a test plays. */
  playNative(deployment: NativeDeployment): void;
  /** From now on reads show a service as it was `minMs` (0 when absent) to `maxMs` ago. */
  setStaleness(maxMs: number, minMs?: number): void;
};

const isShown = ({ hidden }: SimTaskSet): boolean => !hidden;

/** What is in the description runs already, registered and healthy; a DRAINING set has nothing left. */
const adoptRunning = (services: readonly SimService[], adopt: (set: SimTaskSet) => void): void => {
  for (const set of services.flatMap(({ sets }) => sets)) {
    for (let count = computedDesiredCount(set); count > 0; count -= 1) adopt(set);
  }
};

const listed = (services: readonly SimService[]): ReturnType<SimEcs['services']> =>
  services
    .map((one) => ({ ...one, status: statusOf(one) }))
    .filter(({ status }) => status !== 'INACTIVE')
    .map(({ arn, name, clusterArn, status, controller }) => ({ arn, name, clusterArn, status, controller }));

const runsIn = (sets: readonly SimTaskSet[]): ReturnType<SimEcs['runs']> => ({
  running: sets.reduce((sum, set) => sum + runningCount(set), 0),
  targetGroupArns: sets.flatMap(({ parameters }) =>
    parameters.loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
  ),
});

export const makeEcs = (
  kernel: Kernel,
  seed: WorldSeed,
  parts: {
    targets: TargetRegistry;
    behaviourOf(taskDefinitionArn: string): Behaviour;
    taskHost?: TaskHost | undefined;
  },
): SimEcs => {
  const { targets } = parts;
  const { scheduler } = kernel;
  const random = kernel.random.fork('ecs');
  const services = seededServices(seed, scheduler.nowMs(), random, targets);
  const servicesByArn = new Map(services.map((service) => [service.arn, service]));
  const history = makeViewHistory(kernel, random.fork('reads'), USUAL_STALENESS);
  const book = makeTaskBook(scheduler.nowMs, services);
  const watch = makeTaskSetWatch(kernel, random, targets, history.record);
  let begun = false;
  let onlyWithPrimary = false;
  const native: NativeDeployment[] = [];
  const changed = (set: SimTaskSet): void => {
    if (begun) watch.changed(set);
  };

  const tasks = makeTasks(kernel, random, parts.behaviourOf, book.made);
  const host = parts.taskHost ?? makeBehaviourHost(scheduler, random);
  const taskEvents: TaskEvents = {
    changed: (task) => {
      book.note(task);
      changed(task.set);
    },
    lost: (task) => serviceScheduler.replace(task.set),
    containerHealth: (task) => {
      const health = checkedHealthOf(task);
      tasks.say(task, `is ${health} by its container health check`, { detail: health === 'HEALTHY' });
      changed(task.set);
      serviceScheduler.judge(task);
    },
  };
  const life = makeTaskLife({ kernel, random, targets, tasks, events: taskEvents, host });
  const serviceScheduler = makeServiceScheduler(kernel, random, targets, life, changed);

  targets.onChange((_group, _target, state, taskArn) => {
    const task = book.alive(taskArn);
    if (task === undefined) return;
    changed(task.set);
    if (state === 'unhealthy') serviceScheduler.judge(task);
  });

  adoptRunning(services, life.adopt);
  begun = true;
  services.forEach(watch.begin);

  const serviceOf = (serviceArn: string): SimService => {
    const service = servicesByArn.get(serviceArn);
    if (service === undefined) throw new Error(`sim: there is no service ${serviceArn} in this world`);
    return service;
  };
  const setDesiredCount = (service: SimService, count: number): void => {
    kernel.emit({
      kind: 'task',
      what: `desired count of ${service.name} goes from ${service.desiredCount} to ${count}`,
      data: { serviceArn: service.arn, desiredCount: count },
    });
    service.desiredCount = count;
    service.sets.forEach(serviceScheduler.reconcile);
  };
  const allSets = (): SimTaskSet[] => services.flatMap(({ sets }) => sets);
  const shownSets = (): SimTaskSet[] => allSets().filter(isShown);
  const lookup = makeLookup(seed, services);
  const oneOff = makeOneOffTasks(kernel, lookup, seed, parts.taskHost);

  return {
    client: makeFakeClient(kernel, 'ecs', {
      ...taskSetOperations(kernel, random, targets, lookup, serviceScheduler.reconcile),
      ...nativeDeploymentReads(() => native),
      ...serviceReads(lookup, history.read, () => onlyWithPrimary),
      ...serviceOperations({
        lookup,
        clusterArn: seed.clusterArn,
        nowMs: scheduler.nowMs,
        random,
        targets,
        appeared: (service) => {
          services.push(service);
          servicesByArn.set(service.arn, service);
          watch.begin(service);
        },
        gone: (service) => {
          services.splice(services.indexOf(service), 1);
          servicesByArn.delete(service.arn);
          lookup.removeService(service);
        },
        reconcile: serviceScheduler.reconcile,
        setDesiredCount,
        changed: history.record,
      }),
      ...taskReads(lookup, book, oneOff, kernel.pageSize),
      RunTask: oneOff.run,
      ...listReads(lookup, services),
      ...operatorWrites(
        lookup,
        book,
        (taskArn) => killTask(tasks.say, life.die, shownSets(), taskArn, 'stopped'),
        oneOff,
      ),
      ...registerTaskDefinition(seed, lookup),
    }),
    taskSets: () => shownSets().map(snapshot),
    taskSetsOf: (serviceArn) => (servicesByArn.get(serviceArn)?.sets ?? []).filter(isShown).map(snapshot),
    wholeOf: (serviceArn) =>
      (servicesByArn.get(serviceArn)?.sets ?? []).filter((set) => !isShown(set)).map(snapshot)[0],
    services: () => listed(services),
    runs: (serviceArn) => runsIn(servicesByArn.get(serviceArn)?.sets ?? []),
    desiredCountOf: (serviceArn) => serviceOf(serviceArn).desiredCount,
    setDesiredCount: (serviceArn, count) => setDesiredCount(serviceOf(serviceArn), count),
    killTask: (which, how = 'crashed') =>
      killTask(
        tasks.say,
        life.die,
        which === 'blue' || which === 'green' ? shownSets() : allSets(),
        which,
        how,
      ),
    holdLaunches: (taskSetId, forMs) => {
      const set = allSets().find(({ id }) => id === taskSetId);
      if (set !== undefined) set.nextLaunchMs = scheduler.nowMs() + forMs;
    },
    depart: (taskSetId, departure, forMs) => {
      const set = allSets().find(({ id }) => id === taskSetId);
      if (set === undefined) return false;
      const { behaviourOf } = parts;
      const world = { scheduler, targets, behaviourOf, judge: serviceScheduler.judge };
      return departFrom(world, set, departure, forMs);
    },
    playTasks: oneOff.play,
    oneOffTasks: oneOff.all,
    playNative: (deployment) => void native.push(deployment),
    listOnlyWithPrimary: () => {
      onlyWithPrimary = true;
    },
    setStaleness: (maxMs, minMs = 0) => history.setStaleness({ minMs, maxMs }),
  };
};
