import type { MoveNames, MoveObservation, Step } from './adoption.types.ts';
import { stop } from './moves.ts';
import { commandOf } from './names.ts';
import { type Roles, shareOfUsers } from './roles.ts';
import { usersBack } from './shift-steps.ts';

/** A deployment of the twin has launched a task set, and has not ended: it is PRIMARY only after the last bake. */
const isDeploying = ({ twin }: MoveObservation): boolean =>
  (twin?.taskSets ?? []).some(({ status }) => status === 'ACTIVE');

/**
 * In place of the shares and of the tasks: the first deployment of the twin takes the users over, and Cutover's own
 * roles write. The command only shows how to start it, waits for nothing and takes its end back.
 */
export const deploymentStep = (names: MoveNames, rolesOf: (observed: MoveObservation) => Roles): Step => {
  const service = `${names.cluster}/${names.twin}`;
  const command = commandOf('adopt', names);
  return {
    id: 'users-by-deployment',
    title: `the first deployment of ${names.twin} takes over the users of ${names.old}; --emit config prints its cutover.yaml`,
    writes: 'CreateTaskSet, ModifyRule, ModifyListener, UpdateServicePrimaryTaskSet, by the roles of Cutover',
    undo: 'ModifyRule, ModifyListener: all users back',
    forward: (observed) => {
      const primary = observed.twin?.taskSets.some(({ status }) => status === 'PRIMARY') === true;
      const { percent } = shareOfUsers(names, observed, rolesOf(observed));
      if (isDeploying(observed))
        return stop(
          `the deployment of ${names.twin} has not ended: ${percent} % of the users are on it`,
          `\`cutover watch ${service}\` shows it; type this again when it has succeeded`,
        );
      if (primary && percent === 100) return null;
      if (primary)
        return stop(
          `${names.twin} has been deployed, and ${percent} % of the users are on it`,
          `take the move back with \`${command} --undo\`, or move the rest without --by-deployment`,
        );
      return stop(
        `everything is ready for the first deployment of ${names.twin}`,
        `\`${command} --emit config > ${names.twin}.yaml\`, then \`cutover deploy ${names.twin} --config ` +
          `${names.twin}.yaml\`; type this again when it has succeeded`,
      );
    },
    backward: (observed) =>
      isDeploying(observed)
        ? stop(
            `the deployment of ${names.twin} has not ended`,
            `\`cutover abort ${service}\` takes all users back and removes what it launched; then type this again`,
          )
        : usersBack('adopt', names, observed, rolesOf(observed)),
  };
};
