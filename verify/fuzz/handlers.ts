import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clients } from '../../aws/clients.ts';
import { makeMoves } from '../../aws/moves.ts';
import { makeAccountCall } from '../../cli/account/account.ts';
import { movedMeanwhile } from '../../cli/moving/meanwhile.ts';
import { simulatedHost } from '../../cli/moving/simulated-host.ts';
import { moveNames } from '../../core/adoption/names.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { errorNames } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import { pick } from '../../sim/kernel/random.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { installOrchestrator, type Orchestrator } from '../../sim/orchestrator.ts';
import { makeWorld, type World } from '../../sim/world.ts';
import { exampleFile, requests } from './examples.ts';
import { asValue, mutateJson } from './mutate-json.ts';
import { Crash, type Target } from './target.types.ts';

type Account = { world: World; orchestrator: Orchestrator; executionArn: string; crashes: string[] };

/** A deployment of the shop bakes: its lease is held, its record is open, a task token waits. */
const baking = async (): Promise<Account> => {
  const loaded = loadWorld(exampleFile('shop/world'));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const world = makeWorld(loaded.seed, 1, () => healthy);
  const orchestrator = installOrchestrator(world);
  const crashes: string[] = [];
  world.kernel.onEvent(({ kind, what, data }) => {
    // The one place where every handler's failure passes, those of the steps that an execution runs too.
    const name = data?.error;
    if (kind === 'log' && typeof name === 'string' && !(errorNames as readonly string[]).includes(name))
      crashes.push(`${data?.step}: ${name}: ${what}`);
  });
  const { scheduler } = world.kernel;
  const execution = orchestrator.stepFunctions.startExecution({ name: 'first', input: requests[0] });
  await scheduler.run(() => false, scheduler.nowMs() + 5 * MINUTE_MS);
  return { world, orchestrator, executionArn: execution.arn, crashes };
};

/** An account is used for so many cases; then its deployment is over, or its record is full of commands. */
const CASES_OF_AN_ACCOUNT = 500;

/**
 * A step's own limit is 75 s, its retries of a throttled call last an hour; an answer that takes longer never comes.
 */
const LONGEST_ANSWER_MS = 2 * 60 * MINUTE_MS;

const inAnAccount = (act: (account: Account, input: unknown) => Promise<unknown>): Target['feed'] => {
  let account: Promise<Account> | undefined;
  let used = 0;
  return async (input) => {
    if (used % CASES_OF_AN_ACCOUNT === 0) account = baking();
    used += 1;
    const { world, crashes, ...rest } = await (account as Promise<Account>);
    const { scheduler } = world.kernel;
    let ended = false;
    const acted = act({ world, crashes, ...rest }, asValue(input)).finally(() => {
      ended = true;
    });
    acted.catch(() => undefined);
    await scheduler.run(() => ended, scheduler.nowMs() + LONGEST_ANSWER_MS);
    const found = crashes.splice(0);
    if (found.length > 0) throw new Crash(found.join('\n'));
    if (!ended) throw new Crash('no answer');
    await acted;
  };
};

const alarmEvent = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'shop-5xx', state: { value: 'ALARM', reason: 'Threshold Crossed' } },
};
const endEvent = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: 'arn:aws:states:us-east-1:123456789012:execution:cutover:first',
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:cutover',
    status: 'ABORTED',
  },
};
const taskEvent = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: {
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/production',
    group: 'service:shop',
    desiredStatus: 'STOPPED',
    lastStatus: 'RUNNING',
  },
};
const message = {
  cluster: 'production',
  service: 'shop',
  command: 'pause',
  by: 'arn:aws:sts::1:assumed-role/Operators/ada',
  reason: 'the banner is wrong',
  id: 'c_1',
};
const recovery = {
  mode: 'rollBack',
  deploymentId: 'shop-8',
  serviceKey: 'production/shop',
  endedExecutionArn: endEvent.detail.executionArn,
  proof: 'abc',
};

const BEAT = '1700000000000 7';
const LOAD_BALANCING = 'arn:aws:elasticloadbalancing:us-east-1:111122223333';
/** What WatchMoves reads of a move: who may give signs may write anything there. */
const move = {
  service: 'production/orders',
  beat: BEAT,
  move: {
    kind: 'adopt',
    cluster: 'production',
    old: 'orders',
    twin: 'orders-x',
    from: `${LOAD_BALANCING}:targetgroup/shop-blue/2f6a1c8d90b7e345`,
    to: `${LOAD_BALANCING}:targetgroup/shop-green/73d4e5f60a1b2c98`,
    routes: [
      {
        arn: `${LOAD_BALANCING}:listener/app/shop/8f0c1d5e7a9b3c24/5b7c9d1e3f5a7b80`,
        kind: 'listener',
        label: 'HTTPS:443 default',
      },
    ],
    alarms: ['shop-5xx'],
  },
  // Silent for long: it does not wait, and moves whom it may.
  notes: {
    beat: BEAT,
    seenAtMs: 0,
    worse: 1,
    moved: { percent: 0, wasPct: 50, atMs: 0, reason: 'it is ill' },
  },
};

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

const ofHandler = (name: string, lambda: string, cases: number, examples: readonly unknown[]): Target => ({
  name,
  cases,
  draw: (random) => mutateJson(random, pick(random, examples)),
  feed: inAnAccount(({ orchestrator }, input) =>
    orchestrator.lambda.invoke(lambda, input, { executionArn: undefined }),
  ),
});

let executions = 0;

export const handlerTargets: readonly Target[] = [
  ofHandler('alarm event', 'OnAlarm', 5_000, [alarmEvent]),
  ofHandler('end event', 'Sweep', 5_000, [endEvent, { 'detail-type': 'Scheduled Event' }]),
  ofHandler('task event', 'Watch', 5_000, [taskEvent, { 'detail-type': 'Scheduled Event' }]),
  ofHandler('command', 'Command', 8_000, [message]),
  {
    name: 'move',
    cases: 4_000,
    draw: (random) => mutateJson(random, move),
    feed: inAnAccount(async ({ world, orchestrator }, input) => {
      const { service, beat, ...found } = isObject(input) ? input : {};
      const Item = {
        pk: { S: 'moves' },
        // A key has at least one letter.
        sk: { S: asText(service) || '-' },
        beat: { S: asText(beat) },
        moveJson: { S: asText(found.move) },
        notesJson: { S: asText(found.notes) },
      };
      await world.dynamoDb.client.send(new PutItemCommand({ TableName: 'cutover', Item }));
      try {
        // As the plan of `cutover adopt` shows it.
        const moves = makeMoves(
          world.dynamoDb.client,
          makeAccountCall(simulatedHost(world, {} as Clients)),
          'cutover',
        );
        const moved = (await moves.notes(Item.sk.S))?.moved;
        if (moved !== undefined) movedMeanwhile(moveNames('production', 'orders', 'orders-x'), moved);
        await orchestrator.lambda.invoke('WatchMoves', {}, { executionArn: undefined });
      } finally {
        const Key = { pk: Item.pk, sk: Item.sk };
        await world.dynamoDb.client.send(new DeleteItemCommand({ TableName: 'cutover', Key }));
      }
    }),
  },
  {
    name: 'execution input',
    cases: 3_000,
    draw: (random) => mutateJson(random, pick(random, [...requests, recovery])),
    feed: inAnAccount(async ({ world, orchestrator }, input) => {
      executions += 1;
      orchestrator.stepFunctions.startExecution({ name: `fuzz-${executions}`, input });
      // Through Begin and AcquireLease: a request that is refused ends there.
      await world.kernel.scheduler.clock.sleep(2_000);
    }),
  },
];
