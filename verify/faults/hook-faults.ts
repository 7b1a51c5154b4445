import { MINUTE_MS } from '../../core/clock.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import { hookBehaviours } from '../../rehearsal/hooks/behaviours.ts';
import { sceneOf } from '../stage/scene.ts';
import { HOOK_ARN } from '../stage/small-hooks.ts';
import { CLUSTER, groupArn } from '../stage/small-names.ts';
import type { Stage } from '../stage/stage.ts';
import { beginsAt } from './begins-at.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** What the function of a hook does from one moment on. Only a deployment that has hooks meets it. */
const HOOKED_BASES = ['hooked', 'hooked-rollback'] as const;

const given = { reason: 'it is not ready', count: 2 };

/** In turn, another at each point. */
const variants = ['hangs', 'crashes', 'garbage', 'huge', 'fails', 'times-out', 'late', 'flaky'] as const;

const fromThere = (
  name: string,
  description: string,
  begin: (stage: Stage, at: number) => void,
): ProofFault => ({
  name,
  description,
  mayLose: NOTHING,
  endsAlike: false,
  bases: HOOKED_BASES,
  arm: (point) => beginsAt(point, begin),
});

const fault = ({ world: { kernel } }: Stage, what: string): void =>
  kernel.emit({ kind: 'fault', what, data: { fault: 'hook' } });

export const hookFaults: readonly ProofFault[] = [
  fromThere(
    'hooks-misbehave',
    'from here on the function of every hook hangs, crashes, answers nonsense or too much, refuses, or never succeeds',
    (stage, at) => {
      const variant = variants[at % variants.length] ?? 'hangs';
      fault(stage, `from here on a hook ${variant}`);
      stage.world.functions.install(HOOK_ARN, hookBehaviours[variant].behave(given));
    },
  ),
  fromThere(
    'hook-stopped',
    "somebody stops the execution of each hook's run for the next minute",
    (stage) => {
      const { stepFunctions } = stage.orchestrator;
      const { scheduler } = stage.world.kernel;
      const untilMs = scheduler.nowMs() + MINUTE_MS;
      fault(stage, 'for a minute somebody stops what runs of hooks');
      const stop = (): void => {
        for (const { arn, status } of stepFunctions.hookExecutions())
          if (status === 'RUNNING') stepFunctions.stopExecution(arn, 'stopped by a person in the console');
        if (scheduler.nowMs() < untilMs) scheduler.after(500, stop);
      };
      stop();
    },
  ),
  fromThere(
    'hook-writes-weights',
    'from here on a hook writes 50/50 to the routes itself, once green could serve that, and answers SUCCEEDED',
    (stage) => {
      const [deployment] = stage.deployments;
      fault(stage, 'from here on hooks write weights');
      stage.world.functions.install(HOOK_ARN, async ({ stage: moment }) => {
        const { elbv2 } = stage.world;
        const ready = elbv2.registry.counts(groupArn(deployment?.service.name ?? '', 'b')).healthy > 1;
        if (deployment !== undefined && ready && moment !== 'ROLLBACK')
          worldFaultNamed('foreign-weights:50/50')?.apply(sceneOf(stage, deployment));
        return { hookStatus: 'SUCCEEDED' };
      });
    },
  ),
  fromThere('hooks-hang', 'from here on hooks hang, and a minute later a person aborts', (stage) => {
    const { world, orchestrator } = stage;
    const service = stage.deployments[0]?.service.name;
    fault(stage, 'from here on hooks hang');
    // The rollback's own answers: the deployment ends before the call that hangs does.
    const [hangs, passes] = [hookBehaviours.hangs.behave(), hookBehaviours.passes.behave()];
    world.functions.install(HOOK_ARN, (event, host) =>
      event.stage === 'ROLLBACK' ? passes() : hangs(event, host),
    );
    world.kernel.scheduler.after(MINUTE_MS, () => {
      const abort = {
        cluster: CLUSTER,
        service,
        by: 'ada',
        command: 'abort',
        id: 'hang',
        reason: 'it hangs',
      };
      orchestrator.lambda
        .invoke('Command', abort, { executionArn: undefined })
        .catch((error: Error) => stage.nothingToDo(error.message));
    });
  }),
];
