import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Rule,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import {
  aBalancer,
  aGroup,
  BALANCER,
  BLUE,
  forward,
  GREEN,
  groupArn,
  LISTENER,
  ruleArn,
  type WorldParts,
} from './a-balancer.ts';

const write = (...DefaultActions: Action[]) =>
  new ModifyListenerCommand({ ListenerArn: LISTENER, DefaultActions });
const aRule = (index: number, ...Actions: Action[]): Rule => ({
  RuleArn: ruleArn(index),
  Priority: String(index),
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${index}/*`] } }],
  Actions,
});
const oidc = (more: object = {}): Action => ({
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://id.example.com',
    AuthorizationEndpoint: 'https://id.example.com/a',
    TokenEndpoint: 'https://id.example.com/t',
    UserInfoEndpoint: 'https://id.example.com/u',
    ClientId: 'web',
    ...more,
  },
});
const sixGroups = ['a', 'b', 'c', 'd', 'e', 'f'];
const both = { [BLUE]: 90, [GREEN]: 10 };

describe('what the API refuses', () => {
  const refusals: [what: string, error: string, actions: Action[], world?: WorldParts][] = [
    [
      'a list with no action that ends it',
      'InvalidLoadBalancerActionException',
      [oidc({ ClientSecret: 's' })],
    ],
    ['two forward actions', 'InvalidLoadBalancerActionException', [forward(both), forward(both)]],
    [
      'several actions without an order',
      'InvalidLoadBalancerActionException',
      [{ ...oidc({ ClientSecret: 's' }), Order: undefined }, forward(both)],
    ],
    [
      'a forward that is not the last',
      'InvalidLoadBalancerActionException',
      [
        { ...oidc({ ClientSecret: 's' }), Order: 2 },
        { ...forward(both), Order: 1 },
      ],
    ],
    [
      'TargetGroupArn beside two groups [77]',
      'InvalidLoadBalancerActionException',
      [{ ...forward(both), TargetGroupArn: BLUE }],
    ],
    ['no group at all', 'InvalidLoadBalancerActionException', [forward({})]],
    [
      'a group named twice',
      'InvalidLoadBalancerActionException',
      [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE }, { TargetGroupArn: BLUE }] },
        },
      ],
    ],
    ['a weight above 999 [72]', 'ValidationError', [forward({ [BLUE]: 1000 })]],
    ['a weight that is no integer [72]', 'ValidationError', [forward({ [BLUE]: 99.5, [GREEN]: 0.5 })]],
    ['a negative weight [72]', 'ValidationError', [forward({ [BLUE]: -1 })]],
    [
      'six groups [72]',
      'ValidationError',
      [forward(Object.fromEntries(sixGroups.map((name) => [groupArn(name), 1])))],
      { groups: [aGroup('blue'), aGroup('green'), ...sixGroups.map((name) => aGroup(name))] },
    ],
    [
      'a group that does not exist [78]',
      'TargetGroupNotFoundException',
      [forward({ [groupArn('nobody')]: 1 })],
    ],
    ['a week of stickiness and a second', 'ValidationError', [forward(both, 604_801)]],
    [
      'a sticky group in a route that is not sticky [79]',
      'InvalidLoadBalancerActionException',
      [forward(both)],
      { attributes: { green: [{ Key: 'stickiness.enabled', Value: 'true' }] } },
    ],
    [
      'application cookies with two groups [79]',
      'InvalidLoadBalancerActionException',
      [forward(both, 60)],
      {
        attributes: {
          green: [
            { Key: 'stickiness.enabled', Value: 'true' },
            { Key: 'stickiness.type', Value: 'app_cookie' },
          ],
        },
      },
    ],
    [
      'a group of another VPC',
      'InvalidLoadBalancerActionException',
      [forward(both)],
      { groups: [aGroup('blue'), aGroup('green', { VpcId: 'vpc-2' })], actions: [forward({ [BLUE]: 1 })] },
    ],
    [
      'a TCP group',
      'IncompatibleProtocolsException',
      [forward(both)],
      { groups: [aGroup('blue'), aGroup('green', { Protocol: 'TCP' })], actions: [forward({ [BLUE]: 1 })] },
    ],
    [
      'authentication without a secret',
      'InvalidLoadBalancerActionException',
      [oidc(), { ...forward(both), Order: 2 }],
    ],
    [
      'an existing secret where there is none',
      'InvalidLoadBalancerActionException',
      [oidc({ UseExistingClientSecret: true }), { ...forward(both), Order: 2 }],
    ],
  ];
  test.each(refusals)('%s: %s', async (_what, error, actions, world) => {
    const { call, elb } = aBalancer(world);
    const before = elb.routes();

    await expect(call(write(...actions))).rejects.toMatchObject({ name: error });

    expect(elb.routes()).toEqual(before);
  });

  test('a group that another load balancer uses already [73]', async () => {
    const other = BALANCER.replace('web', 'other');
    const { call } = aBalancer({
      groups: [aGroup('blue'), aGroup('green'), aGroup('theirs')],
      balancers: [
        { LoadBalancerArn: BALANCER, Type: 'application' },
        { LoadBalancerArn: other, Type: 'application' },
      ],
      listeners: [
        {
          ListenerArn: LISTENER,
          LoadBalancerArn: BALANCER,
          Protocol: 'HTTPS',
          Port: 443,
          DefaultActions: [forward({ [BLUE]: 1 })],
        },
        {
          ListenerArn: `${LISTENER}1`,
          LoadBalancerArn: other,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [forward({ [groupArn('theirs')]: 1 })],
        },
      ],
    });

    const refused = call(write(forward({ [BLUE]: 1, [groupArn('theirs')]: 0 })));

    await expect(refused).rejects.toMatchObject({ name: 'TargetGroupAssociationLimitException' });
  });

  test.each([
    [
      'an unknown rule',
      new ModifyRuleCommand({ RuleArn: ruleArn(9), Actions: [forward(both)] }),
      'RuleNotFoundException',
    ],
    [
      'an unknown listener',
      new ModifyListenerCommand({ ListenerArn: `${LISTENER}9`, DefaultActions: [forward(both)] }),
      'ListenerNotFoundException',
    ],
    [
      'the rules of an unknown listener',
      new DescribeRulesCommand({ ListenerArn: `${LISTENER}9` }),
      'ListenerNotFoundException',
    ],
    [
      'listeners of an unknown load balancer',
      new DescribeListenersCommand({ LoadBalancerArn: `${BALANCER}9` }),
      'LoadBalancerNotFoundException',
    ],
    [
      'an unknown target group',
      new DescribeTargetGroupsCommand({ TargetGroupArns: [groupArn('nobody')] }),
      'TargetGroupNotFoundException',
    ],
  ])('%s [78]', async (_what, command, name) => {
    await expect(aBalancer().call(command)).rejects.toMatchObject({ name });
  });

  test('a member that is not modelled, by name', async () => {
    const command = new ModifyRuleCommand({ RuleArn: ruleArn(1), Transforms: [] });

    await expect(aBalancer().call(command)).rejects.toThrow('sim does not model ModifyRule.Transforms');
  });
});

describe('reading and writing actions', () => {
  test('a write replaces the whole list: what it leaves out is gone [74]', async () => {
    const { call, elb } = aBalancer({ actions: [oidc(), { ...forward(both, 600), Order: 2 }] });
    const before = elb.routes()[0];

    await call(write(forward({ [BLUE]: 50, [GREEN]: 50 })));

    const after = elb.routes()[0];
    expect(after?.stickiness).toEqual({ enabled: false });
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
  });

  test('only the weights count as such: the fingerprint ignores them and nothing else', async () => {
    const { call, elb } = aBalancer({ actions: [oidc(), { ...forward(both, 600), Order: 2 }] });
    const before = elb.routes()[0];

    await call(
      write(oidc({ UseExistingClientSecret: true }), {
        ...forward({ [BLUE]: 5, [GREEN]: 95 }, 600),
        Order: 2,
      }),
    );

    const after = elb.routes()[0];
    expect(after?.groups.map(({ weight }) => weight)).toEqual([5, 95]);
    expect(after?.fingerprint).toBe(before?.fingerprint);
  });

  test('no describe call gives the client secret away', async () => {
    const { call } = aBalancer();

    const written = await call(write(oidc({ ClientSecret: 'hush' }), { ...forward(both), Order: 2 }));
    const read = await call(new DescribeListenersCommand({ ListenerArns: [LISTENER] }));

    expect(read.Listeners[0].DefaultActions[0].AuthenticateOidcConfig.ClientId).toBe('web');
    expect(JSON.stringify([written, read])).not.toMatch(/hush|UseExisting/);
  });

  test('a single group is echoed as TargetGroupArn too, two are not [77]', async () => {
    const { call } = aBalancer({ actions: [{ Type: 'forward', TargetGroupArn: BLUE }] });
    const actions = async () =>
      (await call(new DescribeListenersCommand({ ListenerArns: [LISTENER] }))).Listeners[0].DefaultActions;

    const single = await actions();
    await call(write(forward(both)));
    const two = await actions();

    expect(single).toMatchObject([
      { TargetGroupArn: BLUE, ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE, Weight: 1 }] } },
    ]);
    expect(two[0]).not.toHaveProperty('TargetGroupArn');
  });

  test('the default rule mirrors the listener and is not changed by ModifyRule [76]', async () => {
    const { call } = aBalancer({ rules: [aRule(1, forward({ [BLUE]: 1 }))] });

    const { Rules: rules } = await call(new DescribeRulesCommand({ ListenerArn: LISTENER }));
    const refused = call(new ModifyRuleCommand({ RuleArn: rules[1].RuleArn, Actions: [forward(both)] }));

    expect(rules).toMatchObject([
      { Priority: '1', IsDefault: false },
      { Priority: 'default', IsDefault: true },
    ]);
    await expect(refused).rejects.toMatchObject({ name: 'OperationNotPermittedException' });
  });

  test('twelve rules and the default one come in pages of five', async () => {
    const { call } = aBalancer({
      rules: Array.from({ length: 12 }, (_, index) => aRule(index + 1, forward({ [BLUE]: 1 }))),
    });
    const sizes: number[] = [];
    const seen = new Set<string>();

    let marker: string | undefined;
    do {
      const page = await call(new DescribeRulesCommand({ ListenerArn: LISTENER, Marker: marker }));
      sizes.push(page.Rules.length);
      for (const rule of page.Rules) seen.add(rule.RuleArn);
      marker = page.NextMarker;
    } while (marker !== undefined);

    expect(sizes).toEqual([5, 5, 3]);
    expect(seen.size).toBe(13);
  });

  test("a group's load balancers follow from the actions that name it", async () => {
    const { call } = aBalancer({ actions: [forward({ [BLUE]: 1 })] });
    const balancersOf = async (arn: string) =>
      (await call(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).TargetGroups[0]
        .LoadBalancerArns;

    const before = await balancersOf(GREEN);
    await call(write(forward({ [BLUE]: 100, [GREEN]: 0 })));

    expect(before).toEqual([]);
    expect(await balancersOf(GREEN)).toEqual([BALANCER]);
  });
});

describe('what happens to the weights', () => {
  const effective = (elb: ReturnType<typeof aBalancer>['elb']) =>
    elb.routes()[0]?.effectiveGroups.map(({ weight }) => weight);

  test('the data plane follows 1 to 10 seconds later, in the order of the writes [82]', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { call, elb, runFor, events } = aBalancer({}, seed);
      await call(write(forward({ [BLUE]: 90, [GREEN]: 10 })));
      await call(write(forward({ [BLUE]: 20, [GREEN]: 80 })));
      expect(effective(elb)).toEqual([100, 0]);
      await runFor(10_100);

      expect(effective(elb)).toEqual([20, 80]);
      expect(events.filter(({ kind }) => kind === 'dataPlane').map(({ what }) => what)).toEqual([
        expect.stringContaining('green 10'),
        expect.stringContaining('green 80'),
      ]);
    }
  });

  test('a network load balancer takes longer [60]', async () => {
    const { call, elb, runFor } = aBalancer({
      balancers: [{ LoadBalancerArn: BALANCER, Type: 'network', VpcId: 'vpc-1' }],
      groups: [aGroup('blue', { Protocol: 'TCP' }), aGroup('green', { Protocol: 'TCP' })],
    });

    await call(write(forward(both)));
    await runFor(19_000);
    const early = effective(elb);
    await runFor(75_000);

    expect(early).toEqual([100, 0]);
    expect(effective(elb)).toEqual([90, 10]);
  });

  test('a foreign write changes the weights and only them, and is named in the trace', async () => {
    const { elb, events } = aBalancer({ actions: [oidc(), { ...forward(both, 600), Order: 2 }] });
    const before = elb.routes()[0];

    elb.foreignWrite(
      LISTENER,
      [
        { targetGroupArn: BLUE, weight: 100 },
        { targetGroupArn: GREEN, weight: 0 },
      ],
      'terraform apply',
    );

    const after = elb.routes()[0];
    expect(after).toEqual({
      ...before,
      groups: [
        { targetGroupArn: BLUE, weight: 100 },
        { targetGroupArn: GREEN, weight: 0 },
      ],
    });
    expect(events).toMatchObject([
      {
        kind: 'weights',
        what: 'HTTPS:443 default: blue 100, green 0 (written by terraform apply)',
        data: { by: 'terraform apply' },
      },
    ]);
  });

  test("a deleted rule is unknown at once, and its requests take the listener's default a little later", async () => {
    const { call, elb, runFor } = aBalancer({ rules: [aRule(1, forward({ [GREEN]: 1 }))] });

    elb.deleteRule(ruleArn(1), 'somebody');

    const read = call(new DescribeRulesCommand({ RuleArns: [ruleArn(1)] }));
    await expect(read).rejects.toMatchObject({ name: 'RuleNotFoundException' });
    expect(elb.dataPlane.forward(ruleArn(1))?.groups).toMatchObject([{ targetGroupArn: GREEN }]);
    await runFor(10_000);
    expect(elb.dataPlane.forward(ruleArn(1))?.groups).toMatchObject([
      { targetGroupArn: BLUE },
      { targetGroupArn: GREEN },
    ]);
  });

  test('reads are consistent with writes until a fault makes them stale', async () => {
    const { call, elb, runFor } = aBalancer();
    const read = async () =>
      (await call(new DescribeListenersCommand({ ListenerArns: [LISTENER] }))).Listeners[0].DefaultActions[0]
        .ForwardConfig.TargetGroups[0].Weight;
    await runFor(60_000);

    await call(write(forward(both)));
    const fresh = await read();
    elb.setStaleness(30_000);

    expect(fresh).toBe(90);
    expect(await read()).toBe(100);
    await runFor(31_000);
    expect(await read()).toBe(90);
  });
});

describe('which requests a rule takes, and before which others [74, 84, 180]', () => {
  const world = (): WorldParts => ({ rules: [aRule(1, forward(both)), aRule(2, forward(both))] });
  const read = async ({ call }: ReturnType<typeof aBalancer>) =>
    (await call(new DescribeRulesCommand({ ListenerArn: LISTENER }))).Rules?.map(
      ({ Priority, Conditions, Actions }: Rule) => [
        Priority,
        Conditions?.[0]?.PathPatternConfig?.Values?.[0],
        Actions?.length,
      ],
    );
  const path = (...Values: string[]) => [{ Field: 'path-pattern', PathPatternConfig: { Values } }];

  test('new conditions replace all of them and leave the actions; new actions leave the conditions', async () => {
    const balancer = aBalancer(world());
    const RuleArn = ruleArn(1);

    await balancer.call(new ModifyRuleCommand({ RuleArn, Conditions: path('/moved/*') }));
    await balancer.call(new ModifyRuleCommand({ RuleArn, Actions: [forward({ [BLUE]: 1, [GREEN]: 1 })] }));

    expect(await read(balancer)).toContainEqual(['1', '/moved/*', 1]);
  });

  test('two rules change places in one call', async () => {
    const balancer = aBalancer(world());
    const RulePriorities = [
      { RuleArn: ruleArn(1), Priority: 2 },
      { RuleArn: ruleArn(2), Priority: 1 },
    ];

    await balancer.call(new SetRulePrioritiesCommand({ RulePriorities }));

    expect(await read(balancer)).toEqual(
      expect.arrayContaining([
        ['2', '/1/*', 1],
        ['1', '/2/*', 1],
      ]),
    );
  });

  const places = (...RulePriorities: { RuleArn: string; Priority: number }[]) =>
    new SetRulePrioritiesCommand({ RulePriorities });
  test.each([
    ['a place that is taken', places({ RuleArn: ruleArn(1), Priority: 2 }), 'PriorityInUseException'],
    ['a place beyond the last', places({ RuleArn: ruleArn(1), Priority: 50_001 }), 'ValidationError'],
    [
      'one place for two',
      places({ RuleArn: ruleArn(1), Priority: 7 }, { RuleArn: ruleArn(2), Priority: 7 }),
      'ValidationError',
    ],
    ['an unknown rule', places({ RuleArn: ruleArn(9), Priority: 7 }), 'RuleNotFoundException'],
    ['no condition', new ModifyRuleCommand({ RuleArn: ruleArn(1), Conditions: [] }), 'ValidationError'],
    [
      'six values',
      new ModifyRuleCommand({ RuleArn: ruleArn(1), Conditions: path('/a', '/b', '/c', '/d', '/e', '/f') }),
      'ValidationError',
    ],
  ])('%s is refused, and nothing changes', async (_what, command, name) => {
    const balancer = aBalancer(world());
    const before = await read(balancer);

    await expect(balancer.call(command)).rejects.toMatchObject({ name });
    expect(await read(balancer)).toEqual(before);
  });
});
