import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { expect, test } from 'vitest';
import { cpu, NOTHING, scaledBy } from '../rehearsal/a-scaled-service.ts';
import { aSimulatedAccount } from './a-simulated-account.ts';

const MINUTE_MS = 60_000;
const ORDERS = 'production/orders';
const DEPLOY = ['deploy', ORDERS, '-t', 'orders:18', '--strategy', 'Canary10Percent5Minutes'];
const SCALE_IN = { ...NOTHING, DynamicScalingInSuspended: true };

type Account = Awaited<ReturnType<typeof aSimulatedAccount>>;

const writeSuspension = ({ world }: Account, SuspendedState: typeof NOTHING): void => {
  const of = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
  const ResourceId = `service/${ORDERS}`;
  world.autoScaling.client.send(new RegisterScalableTargetCommand({ ...of, ResourceId, SuspendedState }));
};

/** What a bake of a scaled service shows, after somebody has written the suspension. */
const inABake = async (SuspendedState?: typeof NOTHING) => {
  const account = await aSimulatedAccount({ world: scaledBy([cpu]) });
  const { elbv2 } = account.world;
  account.type(DEPLOY);
  await account.until(() => elbv2.routes().some(({ groups }) => groups.every(({ weight }) => weight > 0)));
  await account.pass(MINUTE_MS);
  if (SuspendedState !== undefined) {
    writeSuspension(account, SuspendedState);
    await account.pass(MINUTE_MS);
  }
  return account;
};

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const standing = (out: string) => JSON.parse(out);

test('status says what is suspended, and until when', async () => {
  const account = await inABake();

  expect(flat((await account.cutover(['status', ORDERS])).out)).toContain(
    'scaling scale-in suspended until the end, then as found: nothing suspended',
  );
  const { scaling } = standing((await account.cutover(['status', ORDERS, '--json'])).out);
  expect(scaling).toMatchObject({ kind: 'asSet', suspended: { scaleIn: true, scaleOut: false } });
});

test('status says that somebody else changed it, who to ask, and what is not restored', async () => {
  const account = await inABake({ ...NOTHING, DynamicScalingOutSuspended: true });

  const shown = flat((await account.cutover(['status', ORDERS])).out);
  expect(shown).toContain(
    'somebody else changed it: scale-out suspended, where the deployment had set scale-in suspended. It ' +
      'is left so, at the end too; as it was found: `aws application-autoscaling register-scalable-target',
  );
  expect(shown).toContain('CloudTrail does not name who it was, or not yet');
  expect(standing((await account.cutover(['status', ORDERS, '--json'])).out).scaling).toMatchObject({
    kind: 'changed',
    writer: null,
  });
});

test('status says that somebody else resumed it, and what follows', async () => {
  const account = await inABake(NOTHING);

  const shown = flat((await account.cutover(['status', ORDERS])).out);
  expect(shown).toContain(
    'somebody else resumed it, as it was found: nothing suspended. It is not suspended again, and there ' +
      'is nothing to restore at the end',
  );
});

test('who may not read the scaling sees everything else', async () => {
  const account = await inABake({ ...NOTHING, DynamicScalingOutSuspended: true });
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' });
  account.fail((_service, operation) => (operation === 'DescribeScalableTargets' ? denied : undefined));

  const status = await account.cutover(['status', ORDERS]);

  expect(status.code).toBe(0);
  expect(status.out).toContain('10 % green');
  expect(status.out).not.toContain('suspended');
});

test('a service as it was before, or restored, has no such line', async () => {
  const account = await inABake(SCALE_IN);
  await account.until(() => account.world.dynamoDb.partition(`ends#${ORDERS}`).length > 0);

  expect((await account.cutover(['status', ORDERS])).out).not.toContain('suspended until');
});

/** The lines about the scaling that a pipe gets: of a watch from this bake to the end. */
const watchedToTheEnd = async (SuspendedState?: typeof NOTHING, ...options: string[]) => {
  const account = await inABake();
  const { run, ended } = account.type(['watch', ORDERS, ...options]);
  await account.pass(MINUTE_MS);
  if (SuspendedState !== undefined) writeSuspension(account, SuspendedState);
  await account.until(ended);
  return run.out;
};

const saidOfScaling = (out: string): string[] =>
  flat(out)
    .split(/ (?=\d+:\d\d(?::\d\d)? )/)
    .filter((line) => /^\S+ scaling /.test(line));

test('a watch in a pipe says what is suspended, once, and that it was restored', async () => {
  const lines = saidOfScaling(await watchedToTheEnd());

  expect(lines).toEqual([
    expect.stringContaining('scale-in suspended until the end, then as found: nothing suspended'),
    expect.stringContaining('the scaling of service/production/orders is as found again: nothing suspended'),
  ]);
});

test('a watch in a pipe says that somebody else changed it, who it was once that is known, and the end', async () => {
  const lines = saidOfScaling(await watchedToTheEnd({ ...NOTHING, DynamicScalingOutSuspended: true }));

  expect(lines).toEqual([
    expect.stringContaining('scale-in suspended until the end'),
    expect.stringContaining('somebody else changed it: scale-out suspended'),
    expect.stringContaining('it was ada with aws-cli/2.31.0'),
    expect.stringContaining('which leaves it so: scale-out suspended'),
  ]);
  expect(lines[1]).toContain('CloudTrail does not name who it was, or not yet');
});

test('a watch with --json prints the same as an event', async () => {
  const out = await watchedToTheEnd(NOTHING, '--json');

  const events = out
    .split('\n')
    .filter((line) => line.includes('"type":"scaling"'))
    .map((line) => JSON.parse(line));
  expect(events.map(({ kind, writer }) => [kind, writer])).toEqual([
    ['asSet', null],
    ['resumed', null],
    ['resumed', expect.objectContaining({ identity: 'ada', at: expect.stringMatching(/^2026-.*Z$/) })],
    ['asFound', null],
  ]);
});
