import { expect, test } from 'vitest';
import { type Answers, answersOf, type Member } from '../../../sim/traffic/group-answers.ts';
import { anApp, START_MS } from '../elbv2/a-balancer.ts';

const member = (state: Member['state'], app = anApp()): Member => ({ state, app });
const ended = (how: 'crashed' | 'stopped') => {
  const app = anApp();
  app.end(how);
  return app;
};
const booting = () => anApp({}, START_MS + 3_600_000);

const cases: [
  what: string,
  members: Member[],
  failed: Answers['failed'],
  reached: number,
  answered: number,
][] = [
  ['healthy targets share equally and answer', [member('healthy'), member('healthy')], {}, 1, 1],
  ["nobody registered is the balancer's own 503", [], { emptyGroup: 1 }, 0, 0],
  ['draining targets get no new requests', [member('draining'), member('draining')], { emptyGroup: 1 }, 0, 0],
  [
    'unhealthy targets get none while one is healthy',
    [member('healthy'), member('unhealthy', booting())],
    {},
    1,
    1,
  ],
  [
    'none healthy: it fails open over all that are registered',
    [member('unhealthy', booting()), member('initial')],
    { sickTarget: 0.5 },
    1,
    0.5,
  ],
  [
    'none healthy and none answering',
    [member('unhealthy', ended('crashed')), member('initial', booting())],
    { sickTarget: 1 },
    1,
    0,
  ],
  [
    'a crash that the balancer has not noticed',
    [member('healthy'), member('healthy', ended('crashed'))],
    { deadTarget: 0.5 },
    1,
    0.5,
  ],
  [
    'a task stopped while it still took requests',
    [member('healthy', ended('stopped'))],
    { stoppedBeforeDrained: 1 },
    1,
    0,
  ],
  [
    'a version that errs',
    [member('healthy', anApp({ errorShare: () => 0.2 })), member('healthy')],
    { versionError: 0.1 },
    1,
    1,
  ],
];
test.each(cases)('%s [81]', (_what, members, failed, reached, answered) => {
  const answers = answersOf(members, 100, START_MS + 60_000);

  expect(answers.failed).toEqual(failed);
  expect([answers.reached, answers.answered]).toEqual([reached, answered]);
});

test("a version's errors and response time follow its time since boot and its own share of the load", () => {
  const asked: [number, number][] = [];
  const app = anApp({
    errorShare: (sinceMs, rps) => {
      asked.push([sinceMs, rps]);
      return 0.5;
    },
    responseMs: (_sinceMs, rps) => rps,
  });

  const answers = answersOf([member('healthy', app), member('healthy', app)], 80, START_MS + 7_000);

  expect(asked).toEqual([
    [7_000, 40],
    [7_000, 40],
  ]);
  expect(answers).toMatchObject({ target5xx: 0.5, responseMs: 40 });
});
