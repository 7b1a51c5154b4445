import type { PlannedHook, TaskHook, TaskLaunch } from '../vocabulary/hooks.types.ts';
import type { PlanObservation } from '../vocabulary/observation.types.ts';
import type { ObservedContainer, ObservedTaskDefinition } from '../vocabulary/observed.types.ts';
import type { DeploymentRequest } from '../vocabulary/request.types.ts';
import type { Discovery } from './discovery.ts';
import { launchOf } from './green-spec.ts';

/** What a hook's task lacks, for preflight to name. `unknown`: another check names it. */
export type TaskProblem =
  | { kind: 'unknown' }
  | { kind: 'definition'; taskDefinition: string; status: string }
  | { kind: 'container'; definition: ObservedTaskDefinition; found: string }
  | { kind: 'network'; definition: ObservedTaskDefinition };

/** Its exit code decides, and the task ends with it: so it has to be essential. */
const decidingContainer = (
  { containers }: ObservedTaskDefinition,
  name: string | undefined,
): ObservedContainer | { found: string } => {
  const essential = containers.filter((container) => container.essential !== false);
  const list = essential.map((container) => container.name).join(', ');
  if (name === undefined) {
    const [only, ...more] = essential;
    return only === undefined || more.length > 0 ? { found: `the essential ones ${list}` } : only;
  }
  const named = containers.find((container) => container.name === name);
  if (named === undefined)
    return { found: `no ${name} among ${containers.map((one) => one.name).join(', ')}` };
  return named.essential === false ? { found: `${name}, which is not essential` } : named;
};

/** As green's, which the cluster has room for; RunTask takes a network for awsvpc tasks and for no others. */
const placementOf = (
  { launchType, capacityProviders, platformVersion, network: own }: TaskHook['task'],
  definition: ObservedTaskDefinition,
  request: DeploymentRequest,
  { primary }: Discovery,
): Pick<TaskLaunch, 'network' | 'launchType' | 'capacityProviders' | 'platformVersion'> => {
  const network = own ?? request.network ?? primary?.network;
  const given = {
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviders === undefined ? {} : { capacityProviders }),
  };
  const version = platformVersion === undefined ? {} : { platformVersion };
  const launch = Object.keys(given).length > 0 ? { ...given, ...version } : { ...request, ...version };
  return {
    ...(definition.networkMode === 'awsvpc' && network !== undefined ? { network } : {}),
    ...launchOf(launch, primary),
  };
};

const definitionOf = (
  { taskDefinition, hookTaskDefinitions = {} }: PlanObservation,
  { task: { taskDefinition: name } }: TaskHook,
): ObservedTaskDefinition | TaskProblem => {
  // That green's is missing is the deployment's own problem.
  if (name === 'green') return taskDefinition ?? { kind: 'unknown' };
  const found = hookTaskDefinitions[name] ?? null;
  if (found === null) return { kind: 'definition', taskDefinition: name, status: 'none' };
  return found.status === 'ACTIVE'
    ? found
    : { kind: 'definition', taskDefinition: name, status: found.status };
};

/** What a hook's task is started with, all of it known before anything is written; or what it lacks. */
export const taskLaunch = (
  hook: TaskHook,
  observed: PlanObservation,
  request: DeploymentRequest,
  found: Discovery,
): { launch: TaskLaunch } | { problem: TaskProblem } => {
  const definition = definitionOf(observed, hook);
  if ('kind' in definition) return { problem: definition };
  const { task } = hook;
  const container = decidingContainer(definition, task.container);
  if ('found' in container) return { problem: { kind: 'container', definition, found: container.found } };
  const placement = placementOf(task, definition, request, found);
  if (definition.networkMode === 'awsvpc' && placement.network === undefined)
    return {
      problem: task.taskDefinition === 'green' ? { kind: 'unknown' } : { kind: 'network', definition },
    };
  const beside = definition.containers
    .filter(({ name, essential }) => essential !== false && name !== container.name)
    .map(({ name }) => name);
  return {
    launch: {
      taskDefinitionArn: definition.arn,
      container: container.name,
      ...(beside.length === 0 ? {} : { beside }),
      ...(task.command === undefined ? {} : { command: task.command }),
      environment: task.environment ?? {},
      ...placement,
      ...(container.log === undefined ? {} : { log: container.log }),
    },
  };
};

/** Once preflight has found no error: a task that lacks something is none of the plan's. */
export const plannedHooks = (
  observed: PlanObservation,
  request: DeploymentRequest,
  found: Discovery,
): PlannedHook[] =>
  (request.hooks ?? []).flatMap((hook): PlannedHook[] => {
    if (hook.kind !== 'task') return [hook];
    const planned = taskLaunch(hook, observed, request, found);
    if ('problem' in planned)
      throw new Error(`expected a launch of hook ${hook.name}, which preflight has checked`);
    const { task: _asked, ...rest } = hook;
    return [{ ...rest, launch: planned.launch }];
  });
