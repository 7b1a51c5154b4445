import { expect, test } from 'vitest';
import { parseRequest } from '../../../core/request/request.ts';
import { hookStages } from '../../../core/vocabulary/hooks.types.ts';
import { describeFault, type SoakFault, scheduleOf } from '../../../verify/soak/schedule.ts';
import { shrink } from '../../../verify/soak/shrink.ts';
import { keep, playSchedule, soakSeed } from '../../../verify/soak/soak-runs.ts';

test('a seed stands for one schedule and one run, to the byte', async () => {
  const schedule = scheduleOf(3);

  const [one, other] = [
    await playSchedule(schedule, schedule.faults),
    await playSchedule(scheduleOf(3), schedule.faults),
  ];

  expect(one.hash).toBe(other.hash);
  expect((await playSchedule(scheduleOf(4), [])).hash).not.toBe(one.hash);
});

test.each([1, 2, 3, 4, 5])('seed %i converges and breaks nothing', async (seed) => {
  expect(await soakSeed({ seed })).toMatchObject({ problems: [] });
});

test.each([
  { seed: 450, what: 'one of two tasks that fail their checks dies' },
  { seed: 1177, what: 'a green of one task loses it' },
  { seed: 509, what: 'a hook’s execution that timed out cannot wake its deployment for minutes' },
])('seed $seed, in which $what, breaks nothing', async ({ seed }) => {
  expect(await soakSeed({ seed })).toMatchObject({ problems: [] });
});

test.each([
  { seed: 21, what: 'users are moved while the hooks of a rollback run' },
  { seed: 206, what: 'an approval is asked for behind a network load balancer after half an hour' },
  { seed: 578, what: 'users were on green before its first shift, and somebody takes every weight away' },
  { seed: 410, what: 'weights written behind a deployment’s end are read by the next one' },
  { seed: 356, what: 'green fails half of its requests while blue answers nobody' },
  { seed: 716, what: 'a deleted rule’s users have another service’s default action' },
])('with five of the stronger faults seed $seed, in which $what, breaks nothing', async ({ seed }) => {
  expect(await soakSeed({ seed, stronger: 5 })).toMatchObject({ problems: [] });
});

test('schedules differ: several services, two deployments of one, every kind of fault', () => {
  const schedules = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed));

  const kinds = new Set(schedules.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual(['alarmStorm', 'call', 'command', 'events', 'outage', 'world']);
  expect(schedules.some(({ services }) => services.length === 3)).toBe(true);
  expect(schedules.some(({ deployments, services }) => deployments.length > services.length)).toBe(true);
});

test('a failing schedule is cut down to the two faults that only fail together', async () => {
  const seed = Array.from({ length: 50 }, (_, index) => index).find(
    (index) => scheduleOf(index).deployments.length === 1,
  );
  const schedule = scheduleOf(seed ?? 0);
  const startSeconds = (schedule.deployments[0]?.startAfterMs ?? 0) / 1_000;
  const stopped: SoakFault = {
    kind: 'world',
    name: 'stopped',
    atSeconds: startSeconds + 10,
    deployment: 0,
  };
  // Longer than a run may take to converge: no recovery can be started.
  const away: SoakFault = {
    kind: 'outage',
    service: 'sfn',
    fault: 'serverError',
    atSeconds: startSeconds + 5,
    forSeconds: 10 * 3_600,
  };
  const faults = [away, ...scheduleOf(9).faults.slice(0, 2), stopped];
  const failing = { ...schedule, faults };

  const matter = await shrink(
    [0, 1, 2, 3],
    async (indexes) => (await playSchedule(failing, keep(failing, indexes))).problems.length > 0,
  );

  expect(matter).toEqual([0, 3]);
  // Some ten runs, those that fail over six virtual hours.
}, 60_000);

test('every fault says in words what it does, and to which deployment', () => {
  const schedule = scheduleOf(7);
  const stopped: SoakFault = { kind: 'world', name: 'stopped', atSeconds: 12, deployment: 0 };

  expect(describeFault(stopped, schedule)).toBe('stopped for web:2 at 12 s');
});

test('schedules have hooks of every kind at every stage, some that pass and some that do not, and test routes beside them', () => {
  const deployments = Array.from({ length: 200 }, (_, seed) => scheduleOf(seed)).flatMap((schedule) =>
    schedule.deployments.map(({ service, request }) => ({ service, request: parseRequest(request) })),
  );
  const refused = deployments.flatMap(({ request }) => (request.ok ? [] : request.problems));
  const hooked = deployments.flatMap(({ service, request }) =>
    request.ok && request.request.hooks !== undefined ? [{ service, hooks: request.request.hooks }] : [],
  );
  const hooks = hooked.flatMap((one) => one.hooks);

  expect(refused).toEqual([]);
  expect(hooked.some(({ service }) => service.test !== undefined)).toBe(true);
  expect(new Set(hooks.map(({ kind }) => kind))).toEqual(new Set(['lambda', 'task', 'approval']));
  expect(new Set(hooks.flatMap(({ stages }) => stages))).toEqual(new Set(hookStages));
  for (const behaviour of ['passes', 'fails', 'hangs', 'late'])
    expect(hooks.some(({ name }) => name.startsWith(`${behaviour}_`))).toBe(true);
});

test('a hook of a schedule does what its name begins with', async () => {
  const refusing = {
    name: 'fails_0',
    stages: ['PRE_SCALE_UP'],
    onFailure: 'rollBack',
    lambda: expect.anything(),
  };
  const schedule = Array.from({ length: 2_000 }, (_, seed) => scheduleOf(seed)).find(({ deployments }) => {
    const { hooks = [] } = (deployments[0]?.request ?? {}) as { hooks?: object[] };
    return deployments.length === 1 && expect.objectContaining(refusing).asymmetricMatch(hooks[0]);
  });
  if (schedule === undefined) throw new Error('expected a seed whose first hook fails before launch');

  const { result } = await playSchedule(schedule, []);

  expect(result.ends.map(({ outcome }) => outcome?.reason)).toEqual([
    expect.stringMatching(/hook fails_0 \(PRE_SCALE_UP\): it is not ready/),
  ]);
});
