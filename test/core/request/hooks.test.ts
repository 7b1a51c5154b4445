import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { parseRequest } from '../../../core/request/request.ts';
import { SMOKE_ARN } from '../hooks/a-hook.ts';

const read = (hooks: unknown, more: object = {}) => {
  const result = parseRequest({ cluster: 'main', service: 'shop', taskDefinition: 'shop:8', hooks, ...more });
  return result.ok
    ? result.request.hooks
    : result.problems.map(({ path, found, hint }) => `${path} ${found} ${hint ?? ''}`.trim());
};
const smoke = { name: 'smoke', stages: ['POST_SCALE_UP'], lambda: SMOKE_ARN };

const aTask = (changes: object) => ({
  name: 'migrate',
  stages: ['PRE_SCALE_UP'],
  task: { taskDefinition: 'green', ...changes },
});
const task = aTask({});

describe('the hooks of a request', () => {
  test('have defaults', () => {
    expect(read([smoke])).toEqual([
      {
        name: 'smoke',
        kind: 'lambda',
        functionArn: SMOKE_ARN,
        contract: 'cutover',
        hookDetails: {},
        stages: ['POST_SCALE_UP'],
        steps: 'each',
        timeoutMs: HOUR_MS,
        onTimeout: 'rollBack',
        onFailure: 'rollBack',
      },
    ]);
    expect(read([{ name: 'business', stages: ['POST_SCALE_UP'], approval: true }])).toMatchObject([
      { kind: 'approval', timeoutMs: DAY_MS },
    ]);
    expect(read([{ ...smoke, stages: ['ROLLBACK'] }])).toMatchObject([{ timeoutMs: 10 * MINUTE_MS }]);
  });

  test('take everything that is documented', () => {
    const whole = {
      ...smoke,
      stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'ROLLBACK'],
      steps: [1, 2],
      contract: 'ecs',
      verified: true,
      hookDetails: { suite: 'full' },
      timeout: '30m',
      onTimeout: 'continue',
      onFailure: 'continue',
    };

    expect(read([whole])).toMatchObject([
      { steps: [1, 2], contract: 'ecs', verified: true, timeoutMs: 30 * MINUTE_MS, onTimeout: 'continue' },
    ]);
  });

  test('may be one-off tasks', () => {
    const whole = {
      taskDefinition: 'migrate:3',
      container: 'app',
      command: ['node', 'migrate.mjs'],
      environment: { SUITE: 'full' },
      network: { subnets: ['subnet-a'], securityGroups: ['sg-a'], assignPublicIp: 'DISABLED' },
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    };

    expect(read([task])).toMatchObject([
      { kind: 'task', task: { taskDefinition: 'green' }, timeoutMs: HOUR_MS, onAbort: 'stop' },
    ]);
    expect(read([{ ...aTask(whole), onAbort: 'wait' }])).toMatchObject([{ task: whole, onAbort: 'wait' }]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no list', smoke, /^hooks an object/],
    ['neither kind', [{ name: 'a', stages: ['POST_SCALE_UP'] }], /^hooks\[0\] none/],
    ['two kinds', [{ ...smoke, approval: true }], /^hooks\[0\] lambda and approval/],
    ['a task without its definition', [{ ...task, task: {} }], /^hooks\[0\]\.task\.taskDefinition nothing/],
    ['an empty command', [aTask({ command: [] })], /^hooks\[0\]\.task\.command/],
    ['a command in one text', [aTask({ command: 'migrate' })], /^hooks\[0\]\.task\.command "migrate"/],
    ['a number in the environment', [aTask({ environment: { A: 1 } })], /^hooks\[0\]\.task\.environment/],
    [
      'a variable of our own',
      [aTask({ environment: { CUTOVER_RUN_ID: '1' } })],
      /CUTOVER_RUN_ID Cutover sets/,
    ],
    [
      'more overrides than RunTask takes',
      [aTask({ environment: { A: 'x'.repeat(8_000) } })],
      /^hooks\[0\]\.task 80\d\d/,
    ],
    [
      'two ways of placement',
      [aTask({ launchType: 'EC2', capacityProviders: [{ capacityProvider: 'FARGATE' }] })],
      /^hooks\[0\]\.task\.launchType both/,
    ],
    ['details of a task', [{ ...task, hookDetails: {} }], /^hooks\[0\]\.hookDetails/],
    ['onAbort of a function', [{ ...smoke, onAbort: 'wait' }], /^hooks\[0\]\.onAbort/],
    ['a task for more than a day', [{ ...task, timeout: '2d' }], /^hooks\[0\]\.timeout "2d"/],
    ['a stage of native ECS', [{ ...smoke, stages: ['TEST_TRAFFIC_SHIFT'] }], /Name POST_TEST_TRAFFIC_SHIFT/],
    ['a misspelt stage', [{ ...smoke, stages: ['POST_SCALEUP'] }], /Did you mean "POST_SCALE_UP"/],
    ['a stage twice', [{ ...smoke, stages: ['ROLLBACK', 'ROLLBACK'] }], /^hooks\[0\]\.stages\[1\]/],
    ['a function without alias', [{ ...smoke, lambda: SMOKE_ARN.replace(':live', '') }], /Add an alias/],
    ['a name twice', [smoke, smoke], /^hooks\[1\]\.name "smoke" again/],
    ['steps without shifts', [{ ...smoke, steps: 'first' }], /^hooks\[0\]\.steps/],
    [
      'a step that the plan has not',
      [{ ...smoke, stages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'], steps: [9] }],
      /^hooks\[0\]\.steps 9/,
    ],
    ['verified without contract ecs', [{ ...smoke, verified: true }], /^hooks\[0\]\.verified/],
    ['a function for more than a day', [{ ...smoke, timeout: '2d' }], /^hooks\[0\]\.timeout "2d"/],
    [
      'a rollback for more than an hour',
      [{ ...smoke, stages: ['ROLLBACK'], timeout: '2h' }],
      /^hooks\[0\]\.timeout/,
    ],
    [
      'an approval of a rollback',
      [{ name: 'a', stages: ['ROLLBACK'], approval: true }],
      /^hooks\[0\]\.stages/,
    ],
    [
      'details of an approval',
      [{ name: 'a', stages: ['POST_SCALE_UP'], approval: true, hookDetails: {} }],
      /^hooks\[0\]\.hookDetails/,
    ],
    ['an unknown field', [{ ...smoke, lamda: 1 }], /^hooks\[0\]\.lamda 1 Did you mean lambda/],
  ])('refuse %s', (_, hooks, expected) => {
    const problems = read(hooks);

    expect(problems).toHaveLength(1);
    expect(problems?.[0]).toMatch(expected);
  });

  test('name every mistake at once', () => {
    expect(read([{ ...smoke, stages: ['BAKE_TIME'], timeout: '1s' }, { name: '' }])).toHaveLength(5);
  });
});
