import { describe, expect, test } from 'vitest';
import { obstacles } from '../../../core/adoption/checks.ts';
import { nextFinish, nextMove, nextUndo, opensGroup } from '../../../core/adoption/move-plan.ts';
import { notes } from '../../../core/adoption/notes.ts';
import { at, group, made, plan, preview, route, service, short, twin } from './a-move.ts';

const NOTHING = { alarms: [], owners: [], tasks: { fixedPorts: null, interfaces: false } };

describe('users get to the new service', () => {
  test('in the share that comes next, with the rest of the action as it was', () => {
    const observed = made({ routes: [preview, route('users', { other: 0, old: 1 })] });

    expect(nextMove(plan, observed)?.move).toMatchObject({
      kind: 'call',
      call: {
        api: 'route',
        operation: 'ModifyRule',
        groups: [
          { targetGroupArn: 'other', weight: 0 },
          { targetGroupArn: 'old', weight: 90 },
          { targetGroupArn: 'shop-x-blue', weight: 10 },
          { targetGroupArn: 'shop-x-green', weight: 0 },
        ],
      },
    });
  });

  test.each([
    ['while a target is not healthy', { groups: short('shop-x-blue', 3) }, 'wait'],
    ['while none is', { groups: short('shop-x-blue', 0) }, 'wait'],
    ['while somebody deploys the old service', { deploying: 'ECS is deploying shop' }, 'stop'],
  ])('not %s', (_when, rest, kind) => {
    expect(nextMove(plan, made(rest))?.move.kind).toBe(kind);
  });

  test('after it has grown as the old one has', () => {
    const observed = made({ old: service('shop', { desired: 6 }) });

    expect(nextMove(plan, observed)?.move).toMatchObject({
      call: { operation: 'UpdateService', input: { service: 'shop-x', desiredCount: 6 } },
    });
  });

  test('on every route, one after the other', () => {
    const observed = made({ routes: [...at(10), route('second', { old: 1 })] });

    expect(nextMove(plan, observed)?.move).toMatchObject({ call: { route: { arn: 'second' } } });
  });
});

describe('users go back', () => {
  test('with the new groups out of the action', () => {
    expect(nextUndo(plan, made({ routes: at(10) }))?.move).toMatchObject({
      call: { api: 'route', groups: [{ targetGroupArn: 'old', weight: 100 }] },
    });
  });

  test.each([
    ['waits while the old service is short and the new one answers', short('old', 2), 'wait'],
    [
      'does not wait when nobody answers where they are',
      [group('old', { healthy: 1 }), group('shop-x-blue', { healthy: 0 })],
      'call',
    ],
    [
      'waits when nobody answers anywhere',
      [group('old', { healthy: 0 }), group('shop-x-blue', { healthy: 0 })],
      'wait',
    ],
  ])('%s', (_when, groups, kind) => {
    expect(nextUndo(plan, made({ routes: at(100), groups }))?.move.kind).toBe(kind);
  });

  test('nothing that this move has not made is taken away', () => {
    const observed = made({
      twin: twin({ tags: {} }),
      groups: [group('old'), group('shop-x-blue', { tags: {} }), group('shop-x-green', { tags: {} })],
      routes: [route('users', { old: 1 })],
    });

    expect(nextUndo(plan, observed)).toBeNull();
  });
});

test.each([
  ['groups', { groups: [group('old'), group('shop-x-blue', { tags: {} })] }],
  ['service', { twin: twin({ tags: {} }) }],
])('%s of somebody else with the same name stop the move', (step, rest) => {
  expect(nextMove(plan, made(rest))).toMatchObject({ step: { id: step }, move: { kind: 'stop' } });
});

describe('the last command', () => {
  test('wants all users on a whole new service', () => {
    expect(nextFinish(plan, made({ routes: at(10) }))?.move).toMatchObject({
      kind: 'stop',
      reason: 'users sends 10 % of its users to shop-x',
    });
    expect(nextFinish(plan, made({ routes: at(100), groups: short('shop-x-blue', 3) }))?.move.kind).toBe(
      'wait',
    );
    expect(nextFinish(plan, made({ routes: at(100) }))?.step.id).toBe('detach');
  });

  test.each([
    [
      'has taken the old group out',
      { routes: [preview, route('users', { 'shop-x-blue': 100, 'shop-x-green': 0 })] },
    ],
    ['has scaled the old service down', { routes: at(100), old: service('shop', { desired: 0 }) }],
  ])('is to be finished when it %s', (_when, rest) => {
    expect(nextMove(plan, made(rest))?.move).toMatchObject({
      kind: 'stop',
      fix: expect.stringContaining('--finish'),
    });
  });

  test('has a way back until it scales the old service down', () => {
    const detached = { routes: [preview, route('users', { 'shop-x-blue': 100, 'shop-x-green': 0 })] };

    expect(nextUndo(plan, made(detached))?.move).toMatchObject({ kind: 'call' });
    expect(nextUndo(plan, made({ ...detached, old: service('shop', { desired: 0 }) }))?.move.kind).toBe(
      'stop',
    );
  });
});

test('targets that no route names are named before they are believed to be healthy', () => {
  const back = nextUndo(
    plan,
    made({ routes: [preview, route('users', { 'shop-x-blue': 100, 'shop-x-green': 0 })] }),
  );

  expect(back?.move).toMatchObject({
    call: { groups: expect.arrayContaining([{ targetGroupArn: 'old', weight: 0 }]) },
  });
});

test.each([
  ['the first users of a group', nextMove(plan, made()), true],
  ['more of them', nextMove(plan, made({ routes: at(10) })), false],
  ['all users back to one that has none', nextUndo(plan, made({ routes: at(100) })), true],
  ['the last form of a route', nextFinish(plan, made({ routes: at(100) })), false],
])('%s: whether reads have to be surely fresh', (_what, next, opens) => {
  expect(next !== null && opensGroup(next.move)).toBe(opens);
});

test.each([
  [
    'it has moved already',
    { old: service('shop', { controller: 'EXTERNAL' }) },
    'its deployment controller is EXTERNAL',
  ],
  [
    'others have users in its action',
    { routes: [route('users', { old: 1, other: 1 })] },
    'a group that is not the service',
  ],
  [
    'its action is full',
    { routes: [route('users', { old: 1, a: 0, b: 0, c: 0 })] },
    'would name 6 target groups',
  ],
  ['nothing of it runs', { old: service('shop', { desired: 0 }) }, 'nothing of it runs'],
  ['it is not there', { old: null }, 'there is no service shop in the cluster main'],
  ['it was deleted', { old: service('shop', { status: 'INACTIVE' }) }, 'any more: it is INACTIVE'],
  ['nothing forwards to it', { routes: [] }, 'no listener or rule forwards'],
  ['its balancer is a network one', { network: true }, 'Network Load Balancer'],
  [
    'no priority is free',
    { routes: [route('users', { old: 1 }, { priority: 1 })], priorities: { listener: [1] } },
    'every priority in front of',
  ],
  [
    'its rule has no room for a header',
    {
      routes: [
        route(
          'users',
          { old: 1 },
          {
            conditions: [
              { Field: 'path-pattern', PathPatternConfig: { Values: ['/a', '/b', '/c', '/d', '/e'] } },
            ],
          },
        ),
      ],
    },
    'has 5 condition values',
  ],
  [
    'its rule has values in every form, brackets in one',
    {
      routes: [
        route(
          'users',
          { old: 1 },
          {
            conditions: [
              { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-of', Values: ['[a]', 'b]"'] } },
              { Field: 'host-header', HostHeaderConfig: { RegexValues: ['^shop[0-9]$', '^www$'] } },
              { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }] } },
            ],
          },
        ),
      ],
    },
    'has 5 condition values',
  ],
  [
    'somebody has a service of the new name',
    { twin: twin({ tags: {} }) },
    'there is a service shop-x already, which this move has not made',
  ],
  [
    'somebody has a group of the new name',
    { groups: [group('old'), group('shop-x-green', { tags: {} })] },
    'there is a target group shop-x-green already',
  ],
  [
    'it came back from Cutover and serves from a group of the move before',
    {
      old: service('shop', {
        balancer: { targetGroupArn: 'shop-x-green', alternateArn: null, container: 'web', port: 80 },
      }),
      groups: [group('shop-x-green')],
      routes: [route('users', { 'shop-x-green': 1 })],
    },
    'shop serves from shop-x-green, which is the name of a new target group',
  ],
  [
    'its cookies want a sticky action',
    {
      groups: [
        group('old', { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' } }),
      ],
    },
    'has no target group stickiness',
  ],
  [
    'its cookies are the application’s',
    {
      groups: [
        group('old', { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'app_cookie' } }),
      ],
    },
    'application cookies',
  ],
])('a service is not moved when %s', (_when, rest, problem) => {
  const found = obstacles(plan, made({ twin: null, ...rest }));

  expect(found.map((one) => one.problem).join('\n')).toContain(problem);
});

test('a way back leaves the group alone that the old service serves from, whatever its name and tags', () => {
  const back = made({
    twin: null,
    old: service('shop', {
      balancer: { targetGroupArn: 'shop-x-green', alternateArn: null, container: 'web', port: 80 },
    }),
    groups: [group('shop-x-green')],
    routes: [route('users', { 'shop-x-green': 1 })],
  });

  expect(nextUndo(plan, back)).toBeNull();
});

test('what a person has to know of instances, of a single task and of who else writes the rule is in the plan', () => {
  const owner = { label: 'users', name: 'a tag', does: 'writes', fix: 'Leave it.', reconciles: false };
  const registries = [{ registryArn: 'arn:aws:servicediscovery:us-east-1:111122223333:service/srv-1' }];
  const noted = notes(plan, made({ twin: null, old: service('shop', { desired: 1, registries }) }), {
    alarms: [],
    owners: [owner],
    tasks: { fixedPorts: '8080', interfaces: true },
  }).join('\n');

  expect(noted).toContain('is there one task because there may be no second?');
  expect(noted).toContain('the host ports of shop are fixed (8080)');
  expect(noted).toContain('each task takes a network interface');
  expect(noted).toContain('srv-1 of Cloud Map leads to the tasks of both services');
  expect(noted).toContain('users: a tag; writes. Leave it.');
});

describe('a route that asks users to sign in', () => {
  const guarded = made({
    twin: null,
    routes: [route('users', { old: 1 }, { before: ['authenticate-oidc'], priority: 10 })],
  });

  test('has a preview that lets nobody in, because no rule can copy the secret', () => {
    const next = nextMove(plan, guarded);

    expect(next?.step.id).toBe('preview');
    expect(JSON.stringify(next?.move)).toContain('"SourceIpConfig":{"Values":["127.0.0.1/32"]}');
    expect(notes(plan, guarded, NOTHING).join()).toContain('users has authenticate-oidc in front');
  });

  test('while that of any other is open to who knows the header', () => {
    const open = made({ twin: null, routes: [route('users', { old: 1 }, { priority: 10 })] });

    expect(JSON.stringify(nextMove(plan, open)?.move)).not.toContain('source-ip');
    expect(notes(plan, open, NOTHING).join()).not.toContain('in front');
  });
});

test('nothing keeps an ordinary service from moving', () => {
  expect(
    obstacles(plan, made({ twin: null, groups: [group('old')], routes: [route('users', { old: 1 })] })),
  ).toEqual([]);
});
