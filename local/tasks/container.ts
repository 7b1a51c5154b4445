import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { SECOND_MS } from '../../core/clock.ts';
import type { HostedTask } from '../../sim/parts.types.ts';
import { type Program, programFor } from '../local-file.ts';
import { type Child, startChild } from './child.ts';
import type { ContainerState } from './start-order.ts';

/** ECS API reference, ContainerDefinition.stopTimeout. */
const STOP_TIMEOUT_S = 30;

/** One container of a task as a process of this machine. */
export type Container = {
  name: string;
  definition: ContainerDefinition;
  essential: boolean;
  program: Program;
  environment: Record<string, string>;
  port: number;
  state: ContainerState;
  /** It was called, whether or not it runs yet. */
  begun: boolean;
  /** SIGTERM was sent. */
  signalled: boolean;
  child: Child | undefined;
  /** Why it was killed, for DescribeTasks. */
  reason: string | undefined;
};

/** `PORT_` and the container's name as a variable can have it. */
const portName = (name: string): string => `PORT_${name.toUpperCase().replace(/\W|-/g, '_')}`;

/** The containers of a task, or the image that has no program. */
export const containersOf = (
  { taskDefinition, overrides }: HostedTask,
  programs: readonly Program[],
  ports: readonly number[],
  common: Readonly<Record<string, string>>,
): Container[] | { unknownImage: string } => {
  const definitions = taskDefinition.containerDefinitions ?? [];
  const siblings = Object.fromEntries(
    definitions.map(({ name = '' }, at) => [portName(name), String(ports[at])]),
  );
  const made: Container[] = [];
  for (const [at, definition] of definitions.entries()) {
    const { name = '', image = '', essential = true } = definition;
    const program = programFor(programs, image);
    if (program === undefined) return { unknownImage: image };
    const own = overrides?.container === name ? overrides : undefined;
    made.push({
      name,
      definition,
      essential,
      program: own?.command === undefined ? program : { ...program, command: own.command },
      environment: {
        ...common,
        ...siblings,
        ...Object.fromEntries(
          (definition.environment ?? []).map(({ name: key = '', value = '' }) => [key, value]),
        ),
        ...program.environment,
        ...own?.environment,
        HOST: '127.0.0.1',
        PORT: String(ports[at]),
      },
      port: ports[at] ?? 0,
      state: { status: 'PENDING', healthy: false, exitCode: undefined, late: false },
      begun: false,
      signalled: false,
      child: undefined,
      reason: undefined,
    });
  }
  return made;
};

/** The container that load balancers send to, or that a one-off task was called with; else the first essential one. */
export const mainContainer = ({
  taskDefinition,
  targets,
  overrides,
}: HostedTask): ContainerDefinition | undefined => {
  const containers = taskDefinition.containerDefinitions ?? [];
  if (overrides !== undefined) return containers.find(({ name }) => name === overrides.container);
  const essential = containers.filter(({ essential: needed }) => needed !== false);
  const ports = targets.map(({ port }) => port);
  const listens = ({ portMappings = [] }: ContainerDefinition): boolean =>
    portMappings.some(
      ({ containerPort = 0, hostPort = 0 }) => ports.includes(containerPort) || ports.includes(hostPort),
    );
  return essential.find(listens) ?? essential[0] ?? containers[0];
};

type Reports = {
  started(): void;
  failed(reason: string): void;
  ended(exitCode: number): void;
  output(chunk: Buffer): void;
};

/** Starts its program; one that is left out counts as running until it is signalled. */
export const beginContainer = (container: Container, { started, failed, ended, output }: Reports): void => {
  const { program, environment } = container;
  container.begun = true;
  if (program.command.length === 0) {
    started();
    return;
  }
  container.child = startChild(
    program.command,
    { directory: program.directory, environment },
    {
      started,
      failed: (error) => failed(`CannotStartContainerError: ${program.command[0]}: ${error.message}`),
      ended,
      output,
    },
  );
};

/** SIGTERM, and SIGKILL after the container's own stopTimeout, in real time: programs do not run faster than that. */
export const signalContainer = (container: Container): void => {
  const { child, definition, state } = container;
  if (child === undefined) return;
  child.kill('SIGTERM');
  setTimeout(
    () => {
      if (state.status === 'RUNNING') child.kill('SIGKILL');
    },
    (definition.stopTimeout ?? STOP_TIMEOUT_S) * SECOND_MS,
  ).unref();
};
