import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STREAM_VERSION } from '../../cli/watch/json-sink.ts';
import { phases } from '../../statemachine/phases.ts';
import { originNamed } from '../../verify/moving/origins.ts';
import { cpu, scaledBy } from '../rehearsal/a-scaled-service.ts';
import { HOOKED } from './a-hooked-request.ts';
import { aSimulatedAccount, DEPLOY, expiredToken, SHOP } from './a-simulated-account.ts';
import { cutover, example } from './a-terminal.ts';
import { streamProblems, streamTypes } from './stream-schema.ts';

const MINUTE_MS = 60_000;
const DEPLOY_ORDERS = ['deploy', 'production/orders', '-t', 'orders:18', '--strategy', 'AllAtOnce'];

/** Sessions that together print every type there is; the simulated account holds each against the schema as well. */
const sessions = async (): Promise<string> => {
  const account = await aSimulatedAccount();
  const said: string[] = [];
  const run = async (...argv: string[]): Promise<void> => {
    said.push((await account.cutover([...argv, '--json'])).out);
  };

  await run('status', SHOP);
  await run('watch', SHOP);
  await run('preflight', SHOP);
  await run(...DEPLOY, '--dry-run');
  const first = account.type([...DEPLOY, '--json', '--when-waiting', 'stay']);
  await account.pass(4 * MINUTE_MS);
  await run('resume', SHOP);
  await run('pause', SHOP, '--reason', 'reading logs');
  await run('status', SHOP);
  account.fail(() => expiredToken());
  await account.pass(MINUTE_MS);
  account.fail(() => undefined);
  await account.pass(MINUTE_MS);
  const { stepFunctions } = account.orchestrator;
  stepFunctions.stopExecution(stepFunctions.executions()[0]?.arn ?? '', 'stopped by hand');
  await account.until(first.ended);
  said.push(first.run.out);

  await run(...DEPLOY);
  await run('rollback', SHOP, '--wait-until', 'launched');
  await run('history', SHOP);
  await run('history', SHOP, '--verify');
  await run('figures');
  await run('retry', SHOP, '--dry-run');
  await run('list');
  await run('status', SHOP);
  return said.join('');
};

/** A service that moves to Cutover, as a plan, in a rehearsal, and in a step. */
const moved = async (): Promise<string> => {
  const account = await aSimulatedAccount({ world: originNamed('rolling').world() });
  const said: string[] = [];
  for (const options of [[], ['--rehearse', '--bake', '20s'], ['--step']])
    said.push((await account.cutover(['adopt', 'proof/shop', ...options, '--json'])).out);
  return said.join('');
};

/** A function before green's launch, and a person before its first user. */
const hooked = async (): Promise<string> => {
  const account = await aSimulatedAccount();
  account.orchestrator.stepFunctions.startExecution({ name: 'hooked', input: HOOKED });
  await account.pass(2 * MINUTE_MS);
  const { out } = await account.cutover(['watch', SHOP, '--json']);
  return out;
};

/** Something scales the service, and is suspended. */
const scaled = async (): Promise<string> => {
  const account = await aSimulatedAccount({ world: scaledBy([cpu]) });
  const { out } = await account.cutover([...DEPLOY_ORDERS, '--json']);
  return out;
};

const rehearsed = async (...inject: string[]): Promise<string> => {
  const faults = inject.flatMap((fault) => ['--inject', fault]);
  return (await cutover(['rehearse', example('shop'), '--live', '--json', ...faults])).out;
};

describe('docs/events-stream.schema.json', () => {
  test('is what the command line prints, for every type there is', async () => {
    // A step that fails: green cannot be launched.
    const out = [
      await sessions(),
      await hooked(),
      await moved(),
      await scaled(),
      await rehearsed('throttle:ecs:CreateTaskSet:12h@state:LaunchGreen'),
    ].join('');

    expect(streamProblems(out)).toEqual([]);
    const seen = new Set(out.split('\n').map((line) => /"type":"(\w+)"/.exec(line)?.[1]));
    expect(streamTypes.filter((type) => !seen.has(type))).toEqual([]);
  });

  test('knows a missing, a wrong and an unknown member from a right one', () => {
    const right = { v: STREAM_VERSION, type: 'trouble', message: 'no answer', againInSeconds: 5 };

    const problemsOf = (line: object): string[] => streamProblems(JSON.stringify(line));
    expect(problemsOf(right)).toEqual([]);
    expect(problemsOf({ ...right, againInSeconds: undefined })).toHaveLength(1);
    expect(problemsOf({ ...right, againInSeconds: 'soon' })).toHaveLength(1);
    expect(problemsOf({ ...right, more: 1 })).toHaveLength(1);
    expect(problemsOf({ ...right, v: 2 })).toHaveLength(1);
    expect(problemsOf({ ...right, type: 'unheard' })).toHaveLength(1);
  });

  test('knows every phase of the workflow', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/events-stream.schema.json', import.meta.url), 'utf8'),
    );

    const known: string[] = schema.$defs.types.standing.properties.phase.enum;
    const outside = ['interrupted', 'ended', 'unknown'];
    expect(known.toSorted()).toEqual([...Object.keys(phases), ...outside].sort());
  });

  test('has the types of the page, and no others', () => {
    const page = readFileSync(new URL('../../docs/events-stream.md', import.meta.url), 'utf8');

    const described = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type);
    expect(new Set(described)).toEqual(new Set(streamTypes));
  });
});
