import type { WorldSeed } from '../../../sim/parts.types.ts';
import { changed } from './changed.ts';

/** The service on EC2: bridge network, a host port that ECS chooses, target groups of instances (checklist row 4). */
export const onInstances = (world: WorldSeed): WorldSeed =>
  changed(world, ({ taskDefinitions, targetGroups, services }) => {
    for (const definition of taskDefinitions) {
      definition.networkMode = 'bridge';
      definition.compatibilities = ['EC2'];
      definition.requiresCompatibilities = ['EC2'];
      for (const mapping of definition.containerDefinitions?.flatMap((c) => c.portMappings ?? []) ?? []) {
        mapping.hostPort = 0;
      }
    }
    for (const group of targetGroups) group.TargetType = 'instance';
    for (const taskSet of services.flatMap(({ taskSets }) => taskSets ?? [])) {
      taskSet.launchType = 'EC2';
      delete taskSet.networkConfiguration;
      delete taskSet.platformVersion;
    }
  });
