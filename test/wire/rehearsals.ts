import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { makeService, type Service } from './a-service.ts';
import type { Account } from './account.ts';
import { deploy, readLease, readRecord, statesOf, theDeployment, until } from './deployment.ts';
import { upgrade } from './upgrade.ts';

/** What happens on the way, and what the account must be at the end. */
type Rehearsal = (account: Account) => Promise<void>;

const ALL_BLUE = { blue: 100, green: 0 };
const ALL_GREEN = { blue: 0, green: 100 };
const FIVE_SHIFTS = [5, 25, 50, 75, 100].map((greenPct) => ({ greenPct, bake: '1m' }));

/** Longer than ECS and the load balancer take to forget what was removed. */
const FORGOTTEN_SECONDS = 60;

const request = (service: Service, fields: object = {}) => ({
  cluster: 'shop',
  service: service.name,
  taskDefinition: `${service.name}:2`,
  shifts: FIVE_SHIFTS,
  alarms: [service.alarm],
  ...fields,
});

/** One colour is left, PRIMARY and at full size, with all the weight on every route; the lease is free. */
const onlyServing = async (account: Account, service: Service, colour: 'blue' | 'green') => {
  await account.letPass(FORGOTTEN_SECONDS);
  const serving = colour === 'blue' ? ALL_BLUE : ALL_GREEN;
  assert.deepEqual(await service.weights(), [serving, serving]);

  const taskSets = await service.taskSets();
  assert.deepEqual(
    taskSets.map(({ status, taskDefinition, runningCount, computedDesiredCount, stabilityStatus }) => ({
      status,
      revision: taskDefinition?.split(':').at(-1),
      runningCount,
      computedDesiredCount,
      stabilityStatus,
    })),
    [
      {
        status: 'PRIMARY',
        revision: colour === 'blue' ? '1' : '2',
        runningCount: 2,
        computedDesiredCount: 2,
        stabilityStatus: 'STEADY_STATE',
      },
    ],
  );
  const [kept, gone] = [service.blueGroup, service.greenGroup].toSorted((a) =>
    a === (colour === 'blue' ? service.blueGroup : service.greenGroup) ? -1 : 1,
  );
  assert.deepEqual(await service.targets(kept ?? ''), ['healthy', 'healthy']);
  assert.deepEqual(await service.targets(gone ?? ''), []);
  assert.equal((await readLease(account, service.name)).holder, undefined);
};

/** What `npm run service-status` prints, as anybody would run it. */
const statusTable = (of: object): string => {
  mkdirSync('dist/wire', { recursive: true });
  writeFileSync('dist/wire/request.json', JSON.stringify(of));
  return execFileSync(process.execPath, ['scripts/service-status.ts', 'dist/wire/request.json'], {
    encoding: 'utf8',
  });
};

const finishedEvents = (account: Account, deploymentId: string) =>
  account.events.filter(
    ({ detailType, detail }) =>
      detailType === 'Cutover Deployment Finished' && detail.deploymentId === deploymentId,
  );

const fiveShifts: Rehearsal = async (account) => {
  const service = await makeService(account, 'orders');

  const deployment = await deploy(account, 'orders-2', request(service));

  assert.deepEqual(await deployment.ended(), { status: 'SUCCEEDED', error: undefined, cause: undefined });
  await onlyServing(account, service, 'green');
  const [taskSet] = await service.taskSets();
  assert.equal(taskSet?.externalId, deployment.deploymentId);
  const { outcome, decisions } = await readRecord(account, deployment.deploymentId);
  assert.equal(outcome?.kind, 'succeeded');
  const seen = decisions.flatMap(({ evidence }) => evidence.routes.map(({ weights }) => weights?.green));
  assert.deepEqual([...new Set(seen)], [5, 25, 50, 75, 100]);
  assert.ok(decisions.every(({ evidence }) => evidence.alarms.every(({ state }) => state === 'OK')));
  assert.deepEqual(
    (await readLease(account, service.name)).lastGroups,
    [service.blueGroup, service.greenGroup].toSorted(),
  );
  assert.equal(finishedEvents(account, deployment.deploymentId).length, 1);
  assert.match(
    statusTable(request(service)),
    /^traffic +serving +HTTP:80 default: orders-blue 0, orders-green 100/m,
  );
  const states = await statesOf(account, deployment.executionArn);
  assert.equal(states.filter((state) => state === 'ShiftTraffic').length, 5);
  assert.ok(states.indexOf('PromoteGreen') < states.indexOf('RetireBlue'));
};

const rollBackByAlarm: Rehearsal = async (account) => {
  const service = await makeService(account, 'basket');
  const baking = account.holdAt(1);
  const deployment = await deploy(account, 'basket-2', request(service));
  await baking;
  const beforeAlarm = await service.weights();

  // The clock stands still: only the event can wake the bake.
  await service.setAlarm('ALARM');
  await until('weights back on blue', async () =>
    (await service.weights()).every(({ blue }) => blue === 100) ? true : undefined,
  );
  await account.goOn();

  assert.deepEqual(beforeAlarm, [
    { blue: 75, green: 25 },
    { blue: 75, green: 25 },
  ]);
  const { status, error, cause } = await deployment.ended();
  assert.deepEqual([status, error], ['FAILED', 'RolledBack']);
  assert.match(cause ?? '', /basket-5xx/);
  await onlyServing(account, service, 'blue');
  const { outcome, decisions } = await readRecord(account, deployment.deploymentId);
  assert.equal(outcome?.kind, 'rolledBack');
  assert.equal(decisions.at(-1)?.kind, 'rollBack');
  assert.deepEqual(decisions.at(-1)?.evidence.alarms, [{ name: 'basket-5xx', state: 'ALARM' }]);
};

const refusal: Rehearsal = async (account) => {
  const service = await makeService(account, 'search');
  await service.setAlarm('ALARM');
  const [before] = await service.taskSets();

  const deployment = await deploy(account, 'search-2', request(service));

  const { status, error, cause } = await deployment.ended();
  assert.deepEqual([status, error], ['FAILED', 'Refused']);
  assert.match(cause ?? '', /search-5xx/);
  assert.deepEqual(await statesOf(account, deployment.executionArn), [
    'Begin',
    'AcquireLease',
    'HasLease?',
    'PlanDeployment',
    'RecordOutcome',
    'HowDidItEnd?',
    'Refused',
  ]);
  await onlyServing(account, service, 'blue');
  const [after] = await service.taskSets();
  assert.equal(after?.id, before?.id);
  assert.equal((await readRecord(account, deployment.deploymentId)).outcome?.kind, 'refused');
};

const recoveryAfterStop: Rehearsal = async (account) => {
  const service = await makeService(account, 'mail');
  const baking = account.holdAt(2);
  const stopped = await deploy(account, 'mail-2', request(service));
  await baking;
  await account.sfn.send(new StopExecutionCommand({ executionArn: stopped.executionArn, cause: 'by hand' }));
  assert.equal((await stopped.ended()).status, 'ABORTED');
  await account.goOn();

  // Nobody starts it: the status event reaches Sweep by its rule, and Sweep starts the state machine again.
  const recovery = await until('a recovery', async () => {
    const { executions } = await account.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: account.installation.stateMachineArn }),
    );
    return executions?.find((execution) => execution.name?.startsWith('recover-'))?.executionArn;
  });

  const { status, error } = await theDeployment(account, recovery).ended();
  assert.deepEqual([status, error], ['FAILED', 'RolledBack']);
  const states = await statesOf(account, recovery);
  assert.deepEqual(states.slice(1, 6), [
    'AcquireLease',
    'HasLease?',
    'WaitOutLastStep',
    'RecallPlan',
    'RollBack',
  ]);
  await onlyServing(account, service, 'blue');
  assert.equal((await readRecord(account, stopped.deploymentId)).outcome?.kind, 'rolledBack');
};

const abortByCommand: Rehearsal = async (account) => {
  const service = await makeService(account, 'users');
  const baking = account.holdAt(0);
  const deployment = await deploy(account, 'users-2', request(service));
  await baking;

  const command = {
    cluster: 'shop',
    service: 'users',
    command: 'abort',
    by: 'ann',
    reason: 'ticket 7',
    id: 'c1',
  };
  const answer = await account.lambda.send(
    new InvokeCommand({
      FunctionName: account.installation.commandFunction,
      Payload: Buffer.from(JSON.stringify(command)),
    }),
  );
  await account.goOn();

  assert.equal(answer.FunctionError, undefined);
  const { status, error, cause } = await deployment.ended();
  assert.deepEqual([status, error], ['FAILED', 'RolledBack']);
  assert.match(cause ?? '', /ann/);
  await onlyServing(account, service, 'blue');
};

const firstThenSecond: Rehearsal = async (account) => {
  const service = await makeService(account, 'hello', { deployed: false });
  const { subnets, securityGroups } = service.network;
  const first = await deploy(account, 'hello-1', {
    cluster: 'shop',
    service: 'hello',
    taskDefinition: 'hello:1',
    strategy: 'AllAtOnce',
    keepBlue: '1m',
    greenTargetGroup: service.blueGroup,
    container: { name: 'web', port: 8080 },
    network: { subnets, securityGroups },
    launchType: 'FARGATE',
  });
  assert.equal((await first.ended()).status, 'SUCCEEDED');
  await onlyServing(account, service, 'blue');

  // Everything else is found at the running task set.
  const second = await deploy(account, 'hello-2', {
    cluster: 'shop',
    service: 'hello',
    taskDefinition: 'hello:2',
  });

  assert.equal((await second.ended()).status, 'SUCCEEDED');
  await onlyServing(account, service, 'green');
};

const upgradeMeanwhile: Rehearsal = async (account) => {
  const service = await makeService(account, 'stock');
  const baking = account.holdAt(1);
  const running = await deploy(account, 'stock-2', request(service));
  await baking;
  await upgrade(account);
  await account.goOn();

  assert.deepEqual(await running.ended(), { status: 'SUCCEEDED', error: undefined, cause: undefined });
  await onlyServing(account, service, 'green');

  const later = await deploy(account, 'stock-3', request(service));
  assert.match((await later.ended()).error ?? '', /Unrecorded/);
  assert.deepEqual((await statesOf(account, later.executionArn)).at(-1), 'Unrecorded');
};

/** In the order they run; each has a service of its own. */
export const rehearsals: Record<string, Rehearsal> = {
  'a deployment in five shifts promotes green and retires blue': fiveShifts,
  'an alarm rolls back within the bake it interrupts': rollBackByAlarm,
  'a deployment under a red alarm is refused and touches nothing': refusal,
  'an execution stopped half-way is recovered by the sweep': recoveryAfterStop,
  'a first deployment, and a second one of three fields': firstThenSecond,
  'a person aborts through the command function': abortByCommand,
  // The last one: nothing deploys any more in the account that it leaves.
  'a running deployment ends with the code it began with, whatever an upgrade brings': upgradeMeanwhile,
};
