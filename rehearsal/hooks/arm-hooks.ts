import type { CommandMessage } from '../../aws/command-function.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Hook } from '../../core/vocabulary/hooks.types.ts';
import type { DeploymentRequest } from '../../core/vocabulary/request.types.ts';
import type { Orchestrator } from '../../sim/orchestrator.ts';
import type { World } from '../../sim/world.ts';
import {
  type HookBehaviour,
  type HookBehaviourRow,
  hookBehaviours,
  parseHookBehaviour,
} from './behaviours.ts';

type Rehearsed = {
  /** As `--hook` takes them. */
  texts: readonly string[];
  deploymentId: string;
  /** Undefined when it is not one that can be parsed. */
  request: DeploymentRequest | undefined;
};

const PASSES: Omit<HookBehaviour, 'name'> = { kind: 'passes', count: 0, reason: '' };

type Read = { ok: true; behaviour: HookBehaviour } | { ok: false; message: string };

const readBehaviour = (hooks: readonly Hook[], text: string): Read => {
  const parsed = parseHookBehaviour(text);
  if (!parsed.ok) return parsed;
  const hook = hooks.find(({ name }) => name === parsed.behaviour.name);
  const row: HookBehaviourRow = hookBehaviours[parsed.behaviour.kind];
  if (hook?.kind === 'task' && row.task === undefined) {
    const message = `--hook ${text}: expected what a task can do, found ${parsed.behaviour.kind}, which functions do`;
    return { ok: false, message };
  }
  if (hook !== undefined) return parsed;
  const names = hooks.map(({ name }) => name).join(', ');
  const expected = names === '' ? 'a request with hooks' : `a hook of the request, ${names}`;
  return { ok: false, message: `--hook ${text}: expected ${expected}, found ${parsed.behaviour.name}` };
};

/** Each `--hook` that cannot be read, or is of no hook of the request. */
export const hookProblems = (hooks: readonly Hook[], texts: readonly string[]): string[] =>
  texts.flatMap((text) => {
    const read = readBehaviour(hooks, text);
    return read.ok ? [] : [read.message];
  });

/** @throws for one that `hookProblems` names. */
const hookBehavioursFor = (hooks: readonly Hook[], texts: readonly string[]): HookBehaviour[] => {
  const given = texts.map((text) => {
    const read = readBehaviour(hooks, text);
    if (!read.ok) throw new Error(read.message);
    return read.behaviour;
  });
  return hooks.map(({ name }) => given.findLast((one) => one.name === name) ?? { name, ...PASSES });
};

/** A person takes so long to decide. */
const DECIDES_AFTER_MS = MINUTE_MS;
const READS_EACH_MS = 10 * SECOND_MS;

/** A person who decides about approval hooks: passes approves, fails aborts, and anything else never comes. */
const armPerson = (
  { kernel, dynamoDb }: World,
  { lambda }: Orchestrator,
  behaviours: readonly HookBehaviour[],
  { deploymentId, request }: Rehearsed,
): void => {
  if (request === undefined || behaviours.length === 0) return;
  const { scheduler } = kernel;
  const decided = new Set<string>();
  const send = (command: 'approve' | 'abort', reason: string, id: string): void => {
    const { cluster, service } = request;
    const message: CommandMessage = { cluster, service, command, by: 'rehearsal', reason, id };
    lambda.invoke('Command', message, { executionArn: undefined }).catch((error: Error) => {
      kernel.emit({ kind: 'log', what: `the person could not ${command}: ${error.message}`, detail: true });
    });
  };
  const read = (): void => {
    for (const { sk, resultJson } of dynamoDb.partition(`deployment#${deploymentId}`)) {
      const key = String(sk);
      const behaviour = behaviours.find(({ name }) => key.startsWith('hook#') && key.endsWith(`#${name}`));
      if (behaviour === undefined || resultJson !== undefined || decided.has(key)) continue;
      decided.add(key);
      const id = `hook${decided.size}`;
      scheduler.after(DECIDES_AFTER_MS, () => {
        if (behaviour.kind === 'passes') send('approve', '', id);
        if (behaviour.kind === 'fails') send('abort', behaviour.reason, id);
      });
    }
    scheduler.after(READS_EACH_MS, read);
  };
  scheduler.after(READS_EACH_MS, read);
};

/** Puts the request's hooks into the world, each behaving as it was asked to. */
export const armHooks = (
  world: World,
  orchestrator: Orchestrator,
  hooks: readonly Hook[],
  rehearsed: Rehearsed,
): void => {
  const behaviours = hookBehavioursFor(hooks, rehearsed.texts);
  for (const hook of hooks) {
    const behaviour = behaviours.find(({ name }) => name === hook.name);
    if (hook.kind !== 'lambda' || behaviour === undefined) continue;
    world.functions.install(hook.functionArn, hookBehaviours[behaviour.kind].behave(behaviour));
  }
  world.ecs.playTasks(({ CUTOVER_HOOK: name }) => {
    const hook = hooks.find((one) => one.name === name);
    const behaviour = behaviours.find((one) => one.name === name) ?? { name: '', ...PASSES };
    const row: HookBehaviourRow = hookBehaviours[behaviour.kind];
    const play = row.task ?? hookBehaviours.passes.task;
    return play(behaviour, { timeoutMs: hook?.timeoutMs ?? 0 });
  });
  const approvals = behaviours.filter(({ name }) =>
    hooks.some((hook) => hook.name === name && hook.kind === 'approval'),
  );
  armPerson(world, orchestrator, approvals, rehearsed);
};
