import {
  type Action,
  type Listener as AwsListener,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ListenerNotFoundException,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type Rule,
  RuleNotFoundException,
  UnsupportedProtocolException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeListener } from '../../aws/listener.ts';
import type { Route } from '../../core/vocabulary/plan.types.ts';
import { anInvocation, awsError, lostResponse, pageOf, sent } from './an-invocation.ts';

const elbv2Client = new ElasticLoadBalancingV2Client();
const elbv2 = mockClient(elbv2Client);
const listener = (invocation = anInvocation()) => makeListener(elbv2Client, invocation.call);

beforeEach(() => elbv2.reset());

const arn = (rest: string): string => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:${rest}`;
const ALB = arn('loadbalancer/app/shop/1');
const NLB = arn('loadbalancer/net/shop/2');
const BLUE = arn('targetgroup/blue/1');
const GREEN = arn('targetgroup/green/2');
const OTHER = arn('targetgroup/other/3');
const LISTENER = arn('listener/app/shop/1/443');
const RULE = arn('listener-rule/app/shop/1/443/api');

const forward = (...groups: [string, number][]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});

type World = { listeners: Record<string, AwsListener[]>; rules: Record<string, Rule[]> };

/** A load balancer that answers five at a time. */
const balancerWith = ({ listeners, rules }: World): void => {
  elbv2.on(DescribeListenersCommand).callsFake((input) => {
    const page = pageOf(listeners[input.LoadBalancerArn] ?? [], input.Marker);
    return { Listeners: page.items, NextMarker: page.next };
  });
  elbv2.on(DescribeRulesCommand).callsFake((input) => {
    const page = pageOf(rules[input.ListenerArn] ?? [], input.Marker);
    return { Rules: page.items, NextMarker: page.next };
  });
};

const https = (ListenerArn: string, ...DefaultActions: Action[]): AwsListener => ({
  ListenerArn,
  Protocol: 'HTTPS',
  Port: 443,
  DefaultActions,
});

const pathRule = (RuleArn: string, path: string, ...Actions: Action[]): Rule => ({
  RuleArn,
  Priority: '10',
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
  Actions,
});

describe('finding routes', () => {
  test('the default action and the rules that forward to one of the groups are found, once each', async () => {
    const toBoth = forward([BLUE, 100], [GREEN, 0]);
    balancerWith({
      listeners: { [ALB]: [https(LISTENER, toBoth)] },
      rules: {
        [LISTENER]: [
          pathRule(RULE, '/api/*', { Type: 'forward', TargetGroupArn: BLUE }),
          pathRule('other', '/other', forward([OTHER, 1])),
          pathRule('moved', '/moved', { Type: 'redirect' }),
          // The listener's default action, listed a second time among its rules.
          { RuleArn: 'default', Priority: 'default', IsDefault: true, Actions: [toBoth] },
        ],
      },
    });

    const routes = await listener().findRoutes([ALB, ALB], [BLUE, GREEN]);

    expect(routes).toEqual([
      {
        arn: LISTENER,
        kind: 'listener',
        defaultRuleArn: 'default',
        listenerArn: LISTENER,
        loadBalancerArn: ALB,
        label: 'HTTPS:443 default',
        original: {
          groups: [
            { targetGroupArn: BLUE, weight: 100 },
            { targetGroupArn: GREEN, weight: 0 },
          ],
          stickiness: { enabled: false },
        },
      },
      {
        arn: RULE,
        kind: 'rule',
        listenerArn: LISTENER,
        loadBalancerArn: ALB,
        label: 'HTTPS:443 path /api/*',
        original: { groups: [{ targetGroupArn: BLUE, weight: 1 }], stickiness: { enabled: false } },
      },
    ]);
  });

  // Trap: "first page only".
  test('every page of listeners and of rules is read', async () => {
    const listeners = Array.from({ length: 6 }, (_, index) =>
      https(`${LISTENER}-${index}`, { Type: 'redirect' }),
    );
    const rules = Array.from({ length: 12 }, (_, index) =>
      pathRule(`rule-${index}`, `/${index}`, forward([BLUE, 1])),
    );
    balancerWith({ listeners: { [ALB]: listeners }, rules: { [`${LISTENER}-5`]: rules } });

    const routes = await listener().findRoutes([ALB], [BLUE]);

    expect(routes.map((route) => route.arn)).toEqual(rules.map((rule) => rule.RuleArn));
  });

  test('without groups every route that forwards is found', async () => {
    balancerWith({
      listeners: { [ALB]: [https(LISTENER, forward([OTHER, 1]))] },
      rules: { [LISTENER]: [pathRule(RULE, '/api/*', forward([BLUE, 1]))] },
    });

    const routes = await listener().findRoutes([ALB]);

    expect(routes.map((route) => route.arn)).toEqual([LISTENER, RULE]);
  });

  test('a group that no action names has no route', async () => {
    balancerWith({ listeners: { [ALB]: [https(LISTENER, forward([OTHER, 1]))] }, rules: {} });

    expect(await listener().findRoutes([ALB], [BLUE])).toEqual([]);
  });

  const NLB_LISTENER = arn('listener/net/shop/2/80');
  const tcp: AwsListener = {
    ListenerArn: NLB_LISTENER,
    Protocol: 'TCP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: BLUE }],
  };

  test.each([
    ['UnsupportedProtocol', new UnsupportedProtocolException({ message: 'no rules', $metadata: {} })],
    ['ListenerNotFound', new ListenerNotFoundException({ message: 'no such listener', $metadata: {} })],
  ])(
    'a network load balancer that refuses to list rules with %s has its default action',
    async (_name, refusal) => {
      balancerWith({ listeners: { [NLB]: [tcp] }, rules: {} });
      elbv2.on(DescribeRulesCommand).rejects(refusal);

      const routes = await listener().findRoutes([NLB], [BLUE]);

      expect(routes.map((route) => route.label)).toEqual(['TCP:80 default']);
    },
  );

  test('a network load balancer that has rules is asked for them', async () => {
    balancerWith({
      listeners: { [NLB]: [tcp] },
      rules: {
        [NLB_LISTENER]: [{ RuleArn: 'r', Priority: '1', Conditions: [], Actions: [forward([BLUE, 1])] }],
      },
    });

    const routes = await listener().findRoutes([NLB], [BLUE]);

    expect(routes.map((route) => route.label)).toEqual(['TCP:80 default', 'TCP:80 rule 1']);
  });

  test.each([
    ['throttled', awsError('Throttling', 'Rate exceeded'), 'Throttled', NLB, tcp],
    ['denied', awsError('AccessDenied', 'no', 403), 'AccessDenied', NLB, tcp],
    [
      'refused by an application load balancer',
      awsError('ListenerNotFoundException'),
      'NotFound',
      ALB,
      https(LISTENER),
    ],
  ])(
    'rules that cannot be read because the call is %s are an error, not absent',
    async (_why, error, name, balancer, one) => {
      balancerWith({ listeners: { [balancer]: [one] }, rules: {} });
      elbv2.on(DescribeRulesCommand).rejects(error);

      await expect(listener().findRoutes([balancer], [BLUE])).rejects.toMatchObject({ name });
    },
  );
});

const routeTo = (kind: Route['kind']): Route => ({
  arn: kind === 'rule' ? RULE : LISTENER,
  kind,
  listenerArn: LISTENER,
  loadBalancerArn: ALB,
  label: kind === 'rule' ? 'HTTPS:443 path /api/*' : 'HTTPS:443 default',
  original: { groups: [], stickiness: { enabled: false } },
});

/** Both kinds of route answer with these actions. */
const liveActions = (...actions: Action[]): void => {
  elbv2.on(DescribeRulesCommand).resolves({ Rules: [pathRule(RULE, '/api/*', ...actions)] });
  elbv2.on(DescribeListenersCommand).resolves({ Listeners: [https(LISTENER, ...actions)] });
};

describe('reading a route', () => {
  test.each(['rule', 'listener'] as const)('a %s says what it forwards to', async (kind) => {
    liveActions(forward([BLUE, 90], [GREEN, 10]));

    const live = await listener().read(routeTo(kind));

    expect(live.forward.groups).toEqual([
      { targetGroupArn: BLUE, weight: 90 },
      { targetGroupArn: GREEN, weight: 10 },
    ]);
    if (kind === 'rule') expect(sent(elbv2, DescribeRulesCommand)).toEqual([{ RuleArns: [RULE] }]);
    else expect(sent(elbv2, DescribeListenersCommand)).toEqual([{ ListenerArns: [LISTENER] }]);
  });

  test('a deleted rule is NotFound', async () => {
    elbv2.on(DescribeRulesCommand).rejects(new RuleNotFoundException({ message: 'gone', $metadata: {} }));

    await expect(listener().read(routeTo('rule'))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test.each(['rule', 'listener'] as const)(
    'a %s missing from a successful answer is NotFound',
    async (kind) => {
      elbv2.on(DescribeRulesCommand).resolves({ Rules: [] });
      elbv2.on(DescribeListenersCommand).resolves({});

      await expect(listener().read(routeTo(kind))).rejects.toMatchObject({
        name: 'NotFound',
        message: expect.stringContaining(`expected a ${kind} that forwards, found none`),
      });
    },
  );

  test('a rule that redirects by now is NotFound and says what it does', async () => {
    liveActions({ Type: 'redirect' });

    await expect(listener().read(routeTo('rule'))).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining('expected an action that forwards, found redirect'),
    });
  });

  test('routes that are read at once take one call of each kind; a deleted one is NotFound by itself', async () => {
    const toBlue = [forward([BLUE, 100], [GREEN, 0])];
    const there = (arn: string): Rule => ({ RuleArn: arn, Actions: toBlue });
    elbv2.on(DescribeListenersCommand).resolves({ Listeners: [https(LISTENER, ...toBlue)] });
    elbv2.on(DescribeRulesCommand).callsFake(({ RuleArns }: { RuleArns: string[] }) => {
      if (RuleArns.includes('rule-3')) throw new RuleNotFoundException({ message: 'gone', $metadata: {} });
      return { Rules: RuleArns.map(there).toReversed() };
    });
    const { read } = listener();
    const rule = (arn: string): Route => ({ ...routeTo('rule'), arn, label: arn });

    const found = await Promise.all([read(rule('rule-1')), read(routeTo('listener')), read(rule('rule-2'))]);
    expect(found.map(({ route }) => route.arn)).toEqual(['rule-1', LISTENER, 'rule-2']);
    expect(sent(elbv2, DescribeRulesCommand)).toEqual([{ RuleArns: ['rule-1', 'rule-2'] }]);
    expect(sent(elbv2, DescribeListenersCommand)).toEqual([{ ListenerArns: [LISTENER] }]);

    const [one, gone] = await Promise.allSettled([read(rule('rule-1')), read(rule('rule-3'))]);
    expect(one).toMatchObject({ status: 'fulfilled', value: { route: { arn: 'rule-1' } } });
    expect(gone).toMatchObject({ status: 'rejected', reason: { name: 'NotFound' } });
  });

  describe('a default action, which is a rule as well,', () => {
    const withRule: Route = { ...routeTo('listener'), defaultRuleArn: 'default' };
    const toBlue = forward([BLUE, 90], [GREEN, 10]);

    test('is read together with other rules in one call', async () => {
      elbv2.on(DescribeRulesCommand).callsFake(({ RuleArns }: { RuleArns: string[] }) => ({
        Rules: RuleArns.map((RuleArn) => ({ RuleArn, Actions: [toBlue] })),
      }));
      const { read } = listener();

      const found = await Promise.all([read(withRule), read(routeTo('rule'))]);

      expect(found.map(({ route, forward: { groups } }) => [route.arn, groups[0]?.weight])).toEqual([
        [LISTENER, 90],
        [RULE, 90],
      ]);
      expect(sent(elbv2, DescribeRulesCommand)).toEqual([{ RuleArns: ['default', RULE] }]);
      expect(sent(elbv2, DescribeListenersCommand)).toEqual([]);
    });

    test('is read alone through its listener, with which it is written', async () => {
      liveActions(toBlue);
      expect((await listener().read(withRule)).forward.groups).toHaveLength(2);
      expect(sent(elbv2, DescribeListenersCommand)).toEqual([{ ListenerArns: [LISTENER] }]);
    });

    test('is read through its listener where its rule is not known', async () => {
      elbv2.on(DescribeListenersCommand).resolves({ Listeners: [https(LISTENER, toBlue)] });
      elbv2.on(DescribeRulesCommand).callsFake(({ RuleArns }: { RuleArns: string[] }) => {
        if (RuleArns.includes('default')) throw new RuleNotFoundException({ message: 'gone', $metadata: {} });
        return { Rules: [pathRule(RULE, '/api/*', toBlue)] };
      });
      const { read } = listener();

      const found = await Promise.all([read(withRule), read(routeTo('rule'))]);
      expect(found.map(({ route }) => route.arn)).toEqual([LISTENER, RULE]);
    });
  });

  test('routes that are read at once are read to the last page', async () => {
    elbv2
      .on(DescribeRulesCommand)
      .callsFake(({ RuleArns, Marker }: { RuleArns: string[]; Marker?: string }) => {
        const page = pageOf(RuleArns, Marker);
        const Rules = page.items.map((RuleArn) => ({ RuleArn, Actions: [forward([BLUE, 100])] }));
        return { Rules, NextMarker: page.next };
      });
    const arns = Array.from({ length: 12 }, (_, index) => `rule-${index}`);
    const { read } = listener();

    const found = await Promise.all(arns.map((arn) => read({ ...routeTo('rule'), arn })));

    expect(found.map(({ route }) => route.arn)).toEqual(arns);
    expect(sent(elbv2, DescribeRulesCommand)).toHaveLength(3);
  });

  test('of routes that are read at once, one that redirects by now is NotFound and says so', async () => {
    elbv2.on(DescribeRulesCommand).callsFake(({ RuleArns }: { RuleArns: string[] }) => ({
      Rules: RuleArns.map((RuleArn) => ({
        RuleArn,
        Actions: [RuleArn === 'rule-2' ? { Type: 'redirect' } : forward([BLUE, 100])],
      })),
    }));
    const { read } = listener();

    const [one, moved] = await Promise.allSettled(
      ['rule-1', 'rule-2'].map((arn) => read({ ...routeTo('rule'), arn })),
    );

    expect(one).toMatchObject({ status: 'fulfilled' });
    expect(moved).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'NotFound',
        message: expect.stringContaining('expected an action that forwards, found redirect'),
      },
    });
  });
});

describe('writing weights', () => {
  const groups = [
    { targetGroupArn: BLUE, weight: 90 },
    { targetGroupArn: GREEN, weight: 10 },
  ];
  const login: Action = {
    Type: 'authenticate-cognito',
    Order: 1,
    AuthenticateCognitoConfig: { UserPoolArn: 'pool', UserPoolClientId: 'id', UserPoolDomain: 'shop' },
  };
  const sticky: Action = {
    Type: 'forward',
    Order: 2,
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: BLUE, Weight: 100 }],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3_600 },
    },
  };
  const expectedActions = [
    login,
    {
      Type: 'forward',
      Order: 2,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: BLUE, Weight: 90 },
          { TargetGroupArn: GREEN, Weight: 10 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3_600 },
      },
    },
  ];

  test('a rule is written whole: its actions and nothing else', async () => {
    liveActions(login, sticky);
    elbv2.on(ModifyRuleCommand).resolves({});
    const verbs = listener();

    await verbs.write(await verbs.read(routeTo('rule')), groups);

    expect(sent(elbv2, ModifyRuleCommand)).toEqual([{ RuleArn: RULE, Actions: expectedActions }]);
    expect(elbv2).not.toHaveReceivedCommand(ModifyListenerCommand);
  });

  test('a default action is written through its listener', async () => {
    liveActions(login, sticky);
    elbv2.on(ModifyListenerCommand).resolves({});
    const verbs = listener();

    await verbs.write(await verbs.read(routeTo('listener')), groups);

    expect(sent(elbv2, ModifyListenerCommand)).toEqual([
      { ListenerArn: LISTENER, DefaultActions: expectedActions },
    ]);
    expect(elbv2).not.toHaveReceivedCommand(ModifyRuleCommand);
  });

  test('a write whose answer was lost, and a write run twice, leave the same actions', async () => {
    const rule = pathRule(RULE, '/api/*', login, sticky);
    let writes = 0;
    elbv2.on(DescribeRulesCommand).callsFake(() => ({ Rules: [rule] }));
    elbv2.on(ModifyRuleCommand).callsFake((input) => {
      rule.Actions = input.Actions;
      writes += 1;
      if (writes === 1) throw lostResponse();
      return { Rules: [rule] };
    });
    const verbs = listener();

    await verbs.write(await verbs.read(routeTo('rule')), groups);
    const once = structuredClone(rule.Actions);
    await verbs.write(await verbs.read(routeTo('rule')), groups);

    expect(writes).toBe(3);
    expect(once).toEqual(expectedActions);
    expect(rule.Actions).toEqual(expectedActions);
  });

  test('a refused write names the route', async () => {
    liveActions(sticky);
    elbv2
      .on(ModifyRuleCommand)
      .rejects(awsError('InvalidLoadBalancerActionException', 'stickiness must be on'));
    const verbs = listener();

    await expect(verbs.write(await verbs.read(routeTo('rule')), groups)).rejects.toMatchObject({
      name: 'Rejected',
      message: expect.stringContaining('Could not set the weights of HTTPS:443 path /api/*'),
    });
  });

  test('a missing permission is named', async () => {
    liveActions(sticky);
    elbv2.on(ModifyListenerCommand).rejects(awsError('AccessDenied', 'not authorized', 403));
    const verbs = listener();

    await expect(verbs.write(await verbs.read(routeTo('listener')), groups)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('elasticloadbalancing:ModifyListener'),
    });
  });
});

describe('load balancers', () => {
  const arns = Array.from({ length: 23 }, (_, index) => arn(`loadbalancer/app/b${index}/${index}`));

  test('they come in the order asked for, from every call and page', async () => {
    elbv2.on(DescribeLoadBalancersCommand).callsFake((input) => {
      const page = pageOf([...input.LoadBalancerArns].reverse(), input.Marker);
      return {
        LoadBalancers: page.items.map((LoadBalancerArn) => ({
          LoadBalancerArn,
          LoadBalancerName: 'shop',
          Type: 'network',
          Scheme: 'internet-facing',
          AvailabilityZones: [{ ZoneName: 'eu-west-1a' }, { ZoneName: 'eu-west-1b' }],
          SecurityGroups: ['sg-1'],
        })),
        NextMarker: page.next,
      };
    });

    const observed = await listener().readLoadBalancers(arns);

    expect(observed.map((balancer) => balancer.arn)).toEqual(arns);
    expect(observed[0]).toEqual({
      arn: arns[0],
      name: 'shop',
      type: 'network',
      scheme: 'internet-facing',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      securityGroups: ['sg-1'],
    });
    for (const input of sent(elbv2, DescribeLoadBalancersCommand))
      expect(input.LoadBalancerArns?.length).toBeLessThanOrEqual(20);
  });

  test('one that is missing from the answer is named', async () => {
    elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [{ LoadBalancerArn: ALB }] });

    await expect(listener().readLoadBalancers([ALB, NLB])).rejects.toMatchObject({
      name: 'NotFound',
      message: expect.stringContaining(`no load balancer ${NLB}`),
    });
  });
});

describe("a listener's rules", () => {
  const CONDITIONS: Rule['Conditions'] = [
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['green'] } },
    { Field: 'host-header', Values: ['shop.example'] },
    { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/a'] } },
    { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'test', Value: '1' }, { Value: 'x' }] } },
  ];

  test('come with priority, conditions and what they forward to, whatever that is', async () => {
    elbv2
      .on(DescribeListenersCommand)
      .resolves({ Listeners: [{ ListenerArn: LISTENER, Protocol: 'HTTPS', Port: 443 }] });
    elbv2.on(DescribeRulesCommand).resolves({
      Rules: [
        { RuleArn: RULE, Priority: '5', Conditions: CONDITIONS, Actions: [forward([BLUE, 1])] },
        { RuleArn: 'default', Priority: 'default', IsDefault: true, Actions: [{ Type: 'redirect' }] },
      ],
    });

    const rules = await listener().readRules(RULE);

    expect(rules).toEqual([
      {
        arn: RULE,
        priority: 5,
        conditions: [
          { field: 'http-header', name: 'x-test', values: ['green'] },
          { field: 'host-header', values: ['shop.example'] },
          { field: 'path-pattern', values: [], patterns: ['^/a'] },
          { field: 'source-ip', values: ['10.0.0.0/8'] },
          { field: 'http-request-method', values: ['GET'] },
          { field: 'query-string', values: ['test=1', 'x'] },
        ],
        forward: { groups: [{ targetGroupArn: BLUE, weight: 1 }], stickiness: { enabled: false } },
        label: expect.stringContaining('header X-Test=green'),
      },
      { arn: 'default', priority: null, conditions: [], forward: null, label: 'HTTPS:443 default' },
    ]);
    expect(sent(elbv2, DescribeListenersCommand)).toEqual([{ ListenerArns: [LISTENER] }]);
  });

  test('a listener is named by its own ARN; one that is not there is NotFound', async () => {
    elbv2.on(DescribeListenersCommand).resolves({ Listeners: [] });

    await expect(listener().readRules(LISTENER)).rejects.toMatchObject({ name: 'NotFound' });
    expect(sent(elbv2, DescribeListenersCommand)).toEqual([{ ListenerArns: [LISTENER] }]);
  });
});
