import { greenPctOf } from '../stage/green-pct.ts';
import { sceneOf } from '../stage/scene.ts';
import type { Stage, StagedDeployment } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';
import { strikeAt } from './span.ts';

/** Somebody who writes weights while `onDrift: "reassert"` is the policy: undone once, and never a second time. */

/** Half of the users on each colour: both carry that, so that nothing but the policy decides. */
const evenly = (stage: Stage, deployment: StagedDeployment): void => {
  const { elbv2 } = stage.world;
  const { colours, routes } = sceneOf(stage, deployment);
  const groups = Object.values(colours()).map((targetGroupArn) => ({
    targetGroupArn: String(targetGroupArn),
    weight: 50,
  }));
  stage.foreignWrite();
  for (const { arn } of routes) elbv2.foreignWrite(arn, groups, 'somebody');
};

/** On the way, and not at its end: what is written after the last observation of a bake is a later step's to find. */
const isSplit = (stage: Stage, deployment: StagedDeployment): boolean => {
  const { colours, routes } = sceneOf(stage, deployment);
  const own = stage.world.elbv2.routes().filter(({ arn }) => routes.some((route) => route.arn === arn));
  return own.every(({ groups }) => {
    const greenPct = greenPctOf(groups, String(colours().green));
    return greenPct > 0 && greenPct < 50;
  });
};

const moves = (
  { name, description, endsAlike }: Pick<ProofFault, 'name' | 'description' | 'endsAlike'>,
  then: (stage: Stage, deployment: StagedDeployment) => void,
): ProofFault => ({
  name,
  description,
  mayLose: NOTHING,
  endsAlike,
  bases: ['reasserts'],
  arm: (point, span) => {
    // In a wait, whose next observation finds it: between a read and its write nobody can tell whose it was.
    if (point.kind === 'call' || point.state !== 'Bake') return null;
    return (stage) => {
      const [deployment] = stage.deployments;
      if (deployment === undefined) return;
      strikeAt(
        stage,
        point,
        () => {
          if (!isSplit(stage, deployment)) return 'the weights are not those of a shift on the way';
          evenly(stage, deployment);
          then(stage, deployment);
          return null;
        },
        span,
      );
    };
  },
});

export const driftFaults: readonly ProofFault[] = [
  moves(
    {
      name: 'moved-once',
      description: 'somebody moves users to 50/50 in a bake, where the request says that it is undone',
      endsAlike: true,
    },
    () => undefined,
  ),
  moves(
    {
      name: 'moved-twice',
      description: 'the same, and again as soon as it was undone: the deployment goes back',
      endsAlike: false,
    },
    (stage, deployment) => {
      const { kernel } = stage.world;
      let again = false;
      kernel.onEvent(({ kind, data }) => {
        const waits = kind === 'step' && data?.state === 'Bake' && data.phase === 'entered';
        if (!waits || again || !isSplit(stage, deployment)) return;
        again = true;
        kernel.scheduler.after(0, () => {
          evenly(stage, deployment);
          stage.mustEnd('rolledBack', 'somebody moved users a second time');
        });
      });
    },
  ),
];
