import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/** What serve.py says while it runs. */
type Said = {
  endpoint?: string;
  held?: number;
  done?: object;
  event?: { detailType: string; detail: Record<string, unknown> };
};

/** What people read in /cutover/default; infra/orchestrator-stack.ts writes it. */
type Installation = {
  stateMachineArn: string;
  tableName: string;
  commandFunction: string;
};

/** The clients anybody would use; the endpoint comes from the environment. */
const clients = () => ({
  ecs: new ECSClient(),
  elbv2: new ElasticLoadBalancingV2Client(),
  ec2: new EC2Client(),
  cloudWatch: new CloudWatchClient(),
  dynamoDb: new DynamoDBClient(),
  lambda: new LambdaClient(),
  sfn: new SFNClient(),
});

export type Account = ReturnType<typeof clients> & {
  installation: Installation;
  /** Events that were put on the bus, oldest first. */
  events: { detailType: string; detail: Record<string, unknown> }[];
  /** Resolves when the bake of this plan position has begun; the clock stands still from then on. */
  holdAt(position: number): Promise<void>;
  goOn(): Promise<void>;
  letPass(seconds: number): Promise<void>;
  close(): void;
};

/** Longest that moto takes to install everything, with room for a busy machine. */
const READY_WITHIN_MS = 90_000;

/** A rehearsal takes a few seconds; this only ends one that hangs. */
export const GIVE_UP_MS = 60_000;

const startHost = async (): Promise<{ host: ChildProcess; url: string }> => {
  // What the handlers log is for the one who reads about a failure.
  mkdirSync('dist/wire', { recursive: true });
  const host = fork(new URL('./lambda-host.ts', import.meta.url), { silent: true });
  const log = createWriteStream('dist/wire/handlers.log');
  host.stdout?.pipe(log);
  host.stderr?.pipe(log);
  const [{ url }] = (await once(host, 'message')) as [{ url: string }];
  return { host, url };
};

/** moto's server with Cutover installed, and what runs its Lambdas. */
export const openAccount = async (): Promise<Account> => {
  const { host, url } = await startHost();
  const server = spawn('.venv-ci/bin/python', ['test/wire/serve.py', url], { stdio: 'pipe' });
  server.stderr.pipe(createWriteStream('dist/wire/moto.log'));
  const close = () => {
    server.stdin.end();
    server.kill();
    host.kill();
  };

  const events: Account['events'] = [];
  const waiting: { for: (said: Said) => boolean; resolve: (said: Said) => void }[] = [];
  createInterface(server.stdout).on('line', (line) => {
    const said = JSON.parse(line) as Said;
    if (said.event !== undefined) events.push(said.event);
    for (const one of waiting.filter((each) => each.for(said))) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(said);
    }
  });
  const heard = (what: (said: Said) => boolean) =>
    new Promise<Said>((resolve) => waiting.push({ for: what, resolve }));
  const obeyed = async (command: object): Promise<void> => {
    const done = heard((said) => said.done !== undefined);
    server.stdin.write(`${JSON.stringify(command)}\n`);
    await done;
  };

  const ready = await Promise.race([
    heard((said) => said.endpoint !== undefined),
    once(server, 'exit').then(() => 'it ended' as const),
    setTimeout(READY_WITHIN_MS, 'too slow' as const, { ref: false }),
  ]);
  if (typeof ready === 'string') {
    close();
    throw new Error(`expected moto's server with Cutover in it, found ${ready}: see dist/wire/moto.log`);
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: ready.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  });
  const { Parameter } = await new SSMClient().send(new GetParameterCommand({ Name: '/cutover/default' }));

  return {
    ...clients(),
    installation: JSON.parse(Parameter?.Value ?? '') as Installation,
    events,
    holdAt(position) {
      const held = heard((said) => said.held === position);
      const late = setTimeout(GIVE_UP_MS, undefined, { ref: false }).then(() => {
        throw new Error(`expected the bake of position ${position} to begin, waited ${GIVE_UP_MS / 1_000} s`);
      });
      const begun = obeyed({ hold: position }).then(() => Promise.race([held, late]));
      // The one who fails before it waits for this has said why already.
      begun.catch(() => {});
      late.catch(() => {});
      return begun.then(() => {});
    },
    goOn: () => obeyed({ go: true }),
    letPass: (seconds) => obeyed({ skip: seconds }),
    close,
  };
};
