import { setTimeout } from 'node:timers/promises';
import { SECOND_MS } from '../../core/clock.ts';
import type { LocalWorld } from '../../local/local-world.ts';
import { TARGET } from './phases.ts';

const IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/shop';
const AGAIN_MS = SECOND_MS / 10;
const shifts = [5, 20, 50, 80, 100].map((greenPct) => ({ greenPct, bake: '1m' }));

/** What runs, by family and revision. */
const versions = new Map([['shop:41', '1.41.0']]);
export const versionOf = (revision: string): string | undefined => versions.get(revision);

const register = async (local: LocalWorld, version: string): Promise<string> => {
  const { ecs } = local.world;
  const send = (name: string, input: object) =>
    ecs.client.send({ input, constructor: { name: `${name}Command` } });
  const { taskDefinition } = await send('DescribeTaskDefinition', { taskDefinition: 'shop:42' });
  const { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions } = taskDefinition;
  const [first, ...others] = containerDefinitions;
  const changed = [{ ...first, image: `${IMAGE}:${version}` }, ...others];
  const input = { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions: changed };
  const { taskDefinition: registered } = await send('RegisterTaskDefinition', input);
  versions.set(`${family}:${registered.revision}`, version);
  return registered.taskDefinitionArn;
};

/**
 * A deployment does not start under a red alarm: the one that the version before it turned red has to become green
 * again.
 */
const alarmsAreGreen = async (local: LocalWorld): Promise<void> => {
  while (Object.values(local.world.cloudWatch.states()).includes('ALARM')) await setTimeout(AGAIN_MS);
};

type Ended = { kind: string; reason: string };

/** Deploys the version in five shifts; answers how that ended. */
export const deploy = async (local: LocalWorld, version: string): Promise<Ended> => {
  await alarmsAreGreen(local);
  const { stepFunctions } = local.orchestrator;
  const taskDefinition = await register(local, version);
  const execution = stepFunctions.startExecution({
    input: { ...TARGET, taskDefinition, shifts, alarms: ['shop-users-suffer'] },
  });
  while (execution.status === 'RUNNING') await setTimeout(AGAIN_MS);
  if (execution.status === 'SUCCEEDED') return { kind: 'succeeded', reason: '' };
  const kind = execution.error === 'RolledBack' ? 'rolledBack' : `${execution.error}`;
  return { kind, reason: `${execution.cause}` };
};
