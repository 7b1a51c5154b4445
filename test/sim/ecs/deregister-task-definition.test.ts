import { DeregisterTaskDefinitionCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { aWorld, definitionArn, setOf } from './a-world.ts';

test('a deregistered revision is INACTIVE: what runs from it runs on, and nothing new starts', async () => {
  const world = aWorld();
  const green = await world.createGreen();
  const { taskDefinition: taken = '' } = green;

  const { taskDefinition } = await world.send(new DeregisterTaskDefinitionCommand({ taskDefinition: taken }));
  const described = await world.send(new DescribeTaskDefinitionCommand({ taskDefinition: taken }));

  expect(taskDefinition?.status).toBe('INACTIVE');
  expect(described.taskDefinition?.status).toBe('INACTIVE');
  await expect(world.createGreen({ clientToken: 'another' })).rejects.toThrow(/inactive/);
  expect(setOf(world.ecs, green.id)).toMatchObject({ status: 'ACTIVE' });
});

test('a revision that is not there, or a family alone, is refused', async () => {
  const world = aWorld();
  const send = (taskDefinition: string) =>
    world.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));

  await expect(send(definitionArn(9_999))).rejects.toThrow('The specified task definition does not exist.');
  await expect(send('web')).rejects.toThrow('The specified task definition does not exist.');
});
