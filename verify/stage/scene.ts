import type { FaultScene } from '../../rehearsal/faults/world-fault.types.ts';
import { originalGroups } from './small-balancers.ts';
import { alarmName, groupArn, oldName, routeArns, serviceArn, testRouteArn } from './small-names.ts';
import type { Stage, StagedDeployment } from './stage.ts';
import { ownerOf } from './watched-deployment.ts';

/** A staged deployment, as the catalogue's faults act on it. */
export const sceneOf = (stage: Stage, { service, deploymentId }: StagedDeployment): FaultScene => {
  const { stepFunctions } = stage.orchestrator;
  return {
    world: stage.world,
    serviceArn: serviceArn(service.name),
    deploymentId,
    ...(service.takesOver === true ? { blueServiceArn: serviceArn(oldName(service.name)) } : {}),
    alarm: alarmName(service.name),
    routes: [
      ...routeArns(service).map((arn) => ({ arn, groups: originalGroups(service) })),
      ...(service.test !== undefined
        ? [{ arn: testRouteArn(service.name, service.test), groups: originalGroups(service).slice(0, 1) }]
        : []),
    ],
    colours: () => ({ blue: groupArn(service.name, 'a'), green: groupArn(service.name, 'b') }),
    isGreen: ({ externalId }) => externalId === deploymentId,
    stopExecution: () => {
      // Its recovery is one of its executions, too.
      const owner = ownerOf(stage.orchestrator);
      const running = stepFunctions
        .executions()
        .find(({ arn, status }) => status === 'RUNNING' && owner({ executionArn: arn }) === deploymentId);
      if (running !== undefined)
        stepFunctions.stopExecution(running.arn, 'stopped by a person in the console');
      return running !== undefined;
    },
    foreignWrite: () => stage.foreignWrite(),
  };
};
