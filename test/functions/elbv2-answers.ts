import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ListenerNotFoundException,
  ModifyListenerCommand,
  ModifyRuleCommand,
  RuleNotFoundException,
  TargetGroupNotFoundException,
  type TargetHealthDescription,
  type TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { BLUE, GREEN } from '../core/a-deployment.ts';
import { BALANCER, LISTENER, RULE } from './a-plan.ts';
import { answering } from './faults.ts';
import { elbv2 } from './sent-commands.ts';

export type Elbv2World = {
  /** Actions by the listener's or the rule's ARN; the rule belongs to the listener. */
  routes: Record<string, Action[]>;
  /** Registered targets by group. */
  targets: Record<string, TargetHealthDescription[]>;
};

const told = { message: 'not found', $metadata: {} };

/** The weights in a route's forward action, by group. */
export const weightsIn = (actions: Action[] | undefined): Record<string, number | undefined> =>
  Object.fromEntries(
    (actions ?? []).flatMap(({ ForwardConfig }) =>
      (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => [TargetGroupArn, Weight]),
    ),
  );

export const aForwardAction = (
  weights: Record<string, number>,
  stickiness: { Enabled: boolean; DurationSeconds?: number } = { Enabled: false },
): Action => ({
  Type: 'forward',
  Order: 2,
  ForwardConfig: {
    TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    TargetGroupStickinessConfig: stickiness,
  },
});

/** Before the forward action of every rule here; ELBv2 never tells its client secret. */
export const authenticate: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://login.example.com',
    AuthorizationEndpoint: 'https://login.example.com/authorize',
    TokenEndpoint: 'https://login.example.com/token',
    UserInfoEndpoint: 'https://login.example.com/user',
    ClientId: 'shop',
    SessionCookieName: 'shop-session',
  },
};

/** The same as it has to be written back: without the flag ELBv2 wants the secret. */
export const authenticateAgain: Action = {
  ...authenticate,
  AuthenticateOidcConfig: {
    ...authenticate.AuthenticateOidcConfig,
    UseExistingClientSecret: true,
  } as Required<Action['AuthenticateOidcConfig']>,
};

/** Both routes at the same weights: the listener's default action, and a rule with a login before it. */
export const bothRoutesAt = (blue: number, green: number): Record<string, Action[]> => ({
  [LISTENER]: [aForwardAction({ [BLUE]: blue, [GREEN]: green })],
  [RULE]: [authenticate, aForwardAction({ [BLUE]: blue, [GREEN]: green })],
});

export const targetsIn = (...states: TargetHealthStateEnum[]): TargetHealthDescription[] =>
  states.map((State, index) => ({
    Target: { Id: `10.0.0.${index + 1}`, Port: 8080 },
    TargetHealth: { State },
  }));

/** What a write leaves: ELBv2 replaces the whole list, and keeps a secret it was told to keep. */
const stored = (actions: Action[] | undefined): Action[] =>
  (actions ?? []).map((action) => {
    if (action.AuthenticateOidcConfig === undefined) return action;
    const { UseExistingClientSecret: _flag, ...config } = action.AuthenticateOidcConfig;
    return { ...action, AuthenticateOidcConfig: config };
  });

/** One load balancer with one listener and at most one rule. */
export const answerForElbv2 = (world: Elbv2World): void => {
  answering(elbv2, DescribeListenersCommand, ({ ListenerArns }) => {
    const DefaultActions = world.routes[LISTENER];
    if (DefaultActions === undefined || (ListenerArns ?? [LISTENER])[0] !== LISTENER) {
      throw new ListenerNotFoundException(told);
    }
    return { Listeners: [{ ListenerArn: LISTENER, Protocol: 'HTTPS' as const, Port: 443, DefaultActions }] };
  });
  answering(elbv2, DescribeRulesCommand, ({ RuleArns }) => {
    const Actions = world.routes[RULE];
    if (RuleArns !== undefined && Actions === undefined) throw new RuleNotFoundException(told);
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }];
    return { Rules: Actions === undefined ? [] : [{ RuleArn: RULE, Priority: '1', Conditions, Actions }] };
  });
  answering(elbv2, ModifyListenerCommand, ({ ListenerArn, DefaultActions }) => {
    world.routes[ListenerArn ?? ''] = stored(DefaultActions);
    return {};
  });
  answering(elbv2, ModifyRuleCommand, ({ RuleArn, Actions }) => {
    world.routes[RuleArn ?? ''] = stored(Actions);
    return {};
  });
  answering(elbv2, DescribeTargetHealthCommand, ({ TargetGroupArn }) => ({
    TargetHealthDescriptions: world.targets[TargetGroupArn ?? ''] ?? [],
  }));
  answering(elbv2, DescribeTargetGroupsCommand, ({ TargetGroupArns = [] }) => {
    if (!TargetGroupArns.every((arn) => arn in world.targets)) throw new TargetGroupNotFoundException(told);
    return {
      TargetGroups: TargetGroupArns.map((TargetGroupArn) => ({
        TargetGroupArn,
        TargetGroupName: TargetGroupArn.split('/')[1] ?? '',
        Protocol: 'HTTP' as const,
        ProtocolVersion: 'HTTP1',
        Port: 8080,
        VpcId: 'vpc-a',
        TargetType: 'ip' as const,
        LoadBalancerArns: [BALANCER],
        HealthCheckProtocol: 'HTTP' as const,
        HealthCheckPort: 'traffic-port',
        HealthCheckPath: '/health',
        Matcher: { HttpCode: '200' },
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
      })),
    };
  });
  answering(elbv2, DescribeTargetGroupAttributesCommand, () => ({
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  }));
  answering(elbv2, DescribeLoadBalancersCommand, () => ({
    LoadBalancers: [
      {
        LoadBalancerArn: BALANCER,
        LoadBalancerName: 'shop',
        Type: 'application' as const,
        Scheme: 'internet-facing' as const,
        AvailabilityZones: [{ ZoneName: 'eu-west-1a' }, { ZoneName: 'eu-west-1b' }],
        SecurityGroups: ['sg-lb'],
      },
    ],
  }));
};
