import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { watchPoints } from '../stage/points.ts';
import { groupArn, NEIGHBOUR, ruleArn } from '../stage/small-names.ts';
import type { Stage } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** A neighbour behind the same listener deploys by other means: its rule names one group and is sticky from now on. */
const writesOwnRule = (stage: Stage): void => {
  const { elbv2, kernel } = stage.world;
  const behind = stage.deployments[0]?.service.name ?? '';
  const command = new ModifyRuleCommand({
    RuleArn: ruleArn(NEIGHBOUR, behind),
    Actions: [{ Type: 'forward', Order: 1, TargetGroupArn: groupArn(NEIGHBOUR, 'a') }],
  });
  elbv2.client
    .send(command)
    .catch((error: Error) =>
      kernel.emit({ kind: 'log', what: `the neighbour was refused: ${error.message}` }),
    );
};

export const neighbourFaults: readonly ProofFault[] = [
  {
    name: 'neighbour-writes',
    description: 'another service of the same listener writes its own rule',
    mayLose: NOTHING,
    endsAlike: true,
    bases: ['shared'],
    arm: (point) => (stage) => {
      const soon = (at: number): void => {
        if (at === point.at) stage.world.kernel.scheduler.after(0, () => writesOwnRule(stage));
      };
      watchPoints(
        stage,
        point.kind === 'call' ? { call: (_call, at) => soon(at) } : { state: (_state, at) => soon(at) },
      );
    },
  },
];
