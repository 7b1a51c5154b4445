import type { PutItemInput } from '@aws-sdk/client-dynamodb';
import { waits } from '../../core/pace.ts';
import type { ApiCall } from '../../sim/kernel/call.types.ts';
import type { Orchestrator } from '../../sim/orchestrator.ts';
import { HOOK_MACHINE_ARN } from '../../sim/stepfunctions/step-functions.ts';
import { phaseOf } from '../../statemachine/states.ts';
import type { WatchedPlan } from './forward.types.ts';
import { greenPctOf } from './green-pct.ts';
import { keptRuns } from './hook-items.ts';

const isAboutHooks = ({ service, input }: ApiCall): boolean => {
  const text = JSON.stringify(input) ?? '';
  return service === 'dynamodb'
    ? text.includes('"hook#')
    : text.includes(HOOK_MACHINE_ARN.split(':').at(-1) ?? HOOK_MACHINE_ARN);
};

/** Of the decision that a call keeps. */
const decisionIn = ({ operation, input }: ApiCall): string | undefined =>
  operation === 'PutItem' ? (input as PutItemInput).Item?.decisionKind?.S : undefined;

/** Between two visits of a step that waits for hooks. */
const LEAST_WAIT_MS = waits.rollBackHooks.firstMs;

/** The key of a run's item. */
const keyOf = (stage: string, step: number, name: string): string => `hook#${stage}#${step}#${name}`;

/** What must be true of runs whatever their functions do: one each, a result that stays, and nothing left. */
export const watchHooks = (
  { world, plan, deploymentId }: WatchedPlan,
  { stepFunctions }: Orchestrator,
  isOwn: (call: ApiCall) => boolean,
  broken: (problem: string) => void,
): { atEnd(): string[]; stop(): void } => {
  const results = new Map<string, string>();
  /** Keys of runs whose result their own execution has kept: an answer, or that none came in time. */
  const keptByItself = new Set<string>();
  let stopped = plan.hooks === undefined;
  let goingBack = false;
  /** JudgeHealth's last decision, which it may make again when its answer was lost. */
  let decided: string | undefined;
  /** A step's last call to the load balancer, and what it could see. */
  let read: { by: string | undefined; atMs: number; onGreen: boolean } = {
    by: undefined,
    atMs: 0,
    onGreen: false,
  };
  let closed = false;
  let closedByHand = false;

  const usersOnGreen = (): boolean =>
    world.elbv2.routes(plan.routes.map(({ arn }) => arn)).some(({ arn, groups }) => {
      const found = plan.routes.find((route) => route.arn === arn)?.original.groups ?? [];
      const green = plan.green.targetGroupArn;
      return greenPctOf(groups, green) > greenPctOf(found, green);
    });

  /** Of users whom somebody moves after a step has read the routes it cannot know. */
  const seesUsersOnGreen = ({ by }: ApiCall): boolean =>
    read.by === by && world.kernel.scheduler.nowMs() - read.atMs < LEAST_WAIT_MS
      ? read.onGreen
      : usersOnGreen();

  /** A result that is kept never changes: a later answer has no say. */
  const watchResults = ({ by }: ApiCall): void => {
    for (const { key, resultJson } of keptRuns(world, deploymentId)) {
      const known = results.get(key);
      if (known !== undefined && known !== resultJson)
        broken(`the hooks: the result of ${key} changed after it was kept`);
      if (resultJson === null) continue;
      if (known === undefined && by === 'HookAnswer') keptByItself.add(key);
      results.set(key, resultJson);
    }
  };

  const executionsOf = () =>
    stepFunctions
      .hookExecutions()
      .map((execution) => ({
        ...execution,
        of: JSON.parse(execution.input) as {
          deploymentId: string;
          name: string;
          stage: string;
          step: number;
        },
      }))
      .filter(({ of }) => of.deploymentId === deploymentId);

  const stillRuns = (unless: (key: string) => boolean = () => false): string[] =>
    executionsOf()
      .filter(
        ({ status, of: { stage, step, name } }) => status === 'RUNNING' && !unless(keyOf(stage, step, name)),
      )
      .map(({ of: { name } }) => `the hooks: an execution of ${name} still runs at the end`);

  /** At the moment at which the record is closed: nobody ends later what it leaves. */
  const left = (): string[] => {
    const runs = keptRuns(world, deploymentId);
    return [
      ...runs
        .filter(({ result }) => result === null)
        .map(({ key }) => `the hooks: ${key} has no result at the end`),
      // An execution that has kept its result wakes the deployment and ends; Step Functions may throttle that for long.
      ...stillRuns((key) => keptByItself.has(key)),
    ];
  };

  world.kernel.onServed((call, ok) => {
    if (stopped) return;
    if (call.service === 'dynamodb' && ok) {
      watchResults(call);
      if (!closed && world.dynamoDb.item(`deployment#${deploymentId}`, 'record')?.outcomeJson !== undefined) {
        closed = true;
        closedByHand = !isOwn(call);
        // A person who closes it does not end its hooks; the deployment goes back then, and does.
        if (!closedByHand) for (const problem of left()) broken(problem);
      }
    }
    if (!isOwn(call)) return;
    if (call.by === 'JudgeHealth') decided = decisionIn(call) ?? decided;
    else if (decided === 'rollBack') goingBack = true;
    const phase = phaseOf(call.by ?? '');
    if (phase === 'rollingBack') goingBack = true;
    // A recovery that found blue gone: it finishes what was promoted.
    if (phase === 'promoting' || phase === 'retiring') {
      goingBack = false;
      decided = undefined;
    }
    if (call.service === 'elbv2' && ok)
      read = { by: call.by, atMs: world.kernel.scheduler.nowMs(), onGreen: usersOnGreen() };
    if (!goingBack || !isAboutHooks(call)) return;
    if (phase === 'rollingBack' || seesUsersOnGreen(call))
      broken(`the hooks: ${call.operation} by ${call.by} asked about hooks before users were back`);
  });

  return {
    stop: () => {
      stopped = true;
    },
    atEnd: () => {
      const named = executionsOf().map(({ of: { stage, step, name } }) => keyOf(stage, step, name));
      const twice = named
        .filter((one, index) => named.indexOf(one) !== index)
        .map((one) => `the hooks: ${one} has been run twice`);
      return [...twice, ...(closedByHand ? left() : []), ...stillRuns()];
    },
  };
};
