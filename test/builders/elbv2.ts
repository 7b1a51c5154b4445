import type {
  Action,
  TargetGroup,
  TargetGroupStickinessConfig,
  TargetHealthDescription,
  TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** What ELBv2 answers, as data: tests change the one member they are about. */

/**
 * `weights` by target group; second, because a login may stand before it. ELBv2 answers stickiness also where nobody
 * set it.
 */
export const aForwardAction = (
  weights: Record<string, number>,
  stickiness: TargetGroupStickinessConfig = { Enabled: false },
): Action => ({
  Type: 'forward',
  Order: 2,
  ForwardConfig: {
    TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    TargetGroupStickinessConfig: stickiness,
  },
});

/** The weights in a route's forward action, by group. */
export const weightsIn = (actions: Action[] | undefined): Record<string, number | undefined> =>
  Object.fromEntries(
    (actions ?? []).flatMap(({ ForwardConfig }) =>
      (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => [TargetGroupArn, Weight]),
    ),
  );

/** A login in front of a forward action; ELBv2 never answers the client secret. */
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

export const targetsIn = (...states: TargetHealthStateEnum[]): TargetHealthDescription[] =>
  states.map((State, index) => ({
    Target: { Id: `10.0.0.${index + 1}`, Port: 8080 },
    TargetHealth: { State },
  }));

/** Named as its ARN says. */
export const aTargetGroup = (TargetGroupArn: string, changes: Partial<TargetGroup> = {}): TargetGroup => ({
  TargetGroupArn,
  TargetGroupName: TargetGroupArn.split('/')[1] ?? '',
  Protocol: 'HTTP',
  Port: 8080,
  VpcId: 'vpc-a',
  TargetType: 'ip',
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/health',
  Matcher: { HttpCode: '200' },
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 3,
  UnhealthyThresholdCount: 2,
  ...changes,
});
