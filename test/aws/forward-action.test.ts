import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { readForward, withGroups } from '../../aws/forward-action.ts';

const BLUE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1';
const GREEN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/2';
const wanted = [
  { targetGroupArn: BLUE, weight: 90 },
  { targetGroupArn: GREEN, weight: 10 },
];
const written = [
  { TargetGroupArn: BLUE, Weight: 90 },
  { TargetGroupArn: GREEN, Weight: 10 },
];
const off = { enabled: false };

describe('reading', () => {
  test.each<[string, Action[], ReturnType<typeof readForward>]>([
    [
      'the legacy target group alone',
      [{ Type: 'forward', TargetGroupArn: BLUE }],
      { groups: [{ targetGroupArn: BLUE, weight: 1 }], stickiness: off },
    ],
    [
      'the legacy target group beside an equal list',
      [
        {
          Type: 'forward',
          TargetGroupArn: BLUE,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE }] },
        },
      ],
      { groups: [{ targetGroupArn: BLUE, weight: 1 }], stickiness: off },
    ],
    [
      'an empty list beside the legacy target group',
      [{ Type: 'forward', TargetGroupArn: BLUE, ForwardConfig: { TargetGroups: [] } }],
      { groups: [{ targetGroupArn: BLUE, weight: 1 }], stickiness: off },
    ],
    [
      'two weighted groups with stickiness',
      [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: written,
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3_600 },
          },
        },
      ],
      { groups: wanted, stickiness: { enabled: true, durationSeconds: 3_600 } },
    ],
    [
      'weight 0, which is not the absence of a weight',
      [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE, Weight: 0 }] } }],
      { groups: [{ targetGroupArn: BLUE, weight: 0 }], stickiness: off },
    ],
    [
      'the forward behind an authentication',
      [
        { Type: 'authenticate-cognito', Order: 1 },
        { Type: 'forward', Order: 2, TargetGroupArn: BLUE },
      ],
      {
        groups: [{ targetGroupArn: BLUE, weight: 1 }],
        stickiness: off,
        otherActions: ['authenticate-cognito'],
      },
    ],
    ['a redirect', [{ Type: 'redirect' }], null],
    ['a fixed response', [{ Type: 'fixed-response' }], null],
    ['no action', [], null],
  ])('%s', (_what, actions, expected) => {
    expect(readForward(actions)).toEqual(expected);
  });
});

describe('writing', () => {
  test('the legacy target group goes, because it is refused beside two groups', () => {
    expect(withGroups([{ Type: 'forward', TargetGroupArn: BLUE, Order: 1 }], wanted)).toEqual([
      { Type: 'forward', Order: 1, ForwardConfig: { TargetGroups: written } },
    ]);
  });

  test('stickiness and the order of the action survive', () => {
    const action: Action = {
      Type: 'forward',
      Order: 50,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: BLUE, Weight: 100 }],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
      },
    };

    expect(withGroups([action], wanted)).toEqual([
      { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups: written } },
    ]);
  });

  test.each<[string, Action]>([
    [
      'authenticate-cognito',
      {
        Type: 'authenticate-cognito',
        Order: 1,
        AuthenticateCognitoConfig: { UserPoolArn: 'pool', UserPoolClientId: 'id', UserPoolDomain: 'shop' },
      },
    ],
    [
      'jwt-validation',
      { Type: 'jwt-validation', Order: 1, JwtValidationConfig: { JwksEndpoint: 'https://k', Issuer: 'i' } },
    ],
    // An action of tomorrow: whatever AWS adds must ride along.
    ['an unknown action', { Type: 'inspect', Order: 1, InspectConfig: { Depth: 3 } } as unknown as Action],
  ])('%s before the forward is written as it was read', (_what, before) => {
    const forward: Action = { Type: 'forward', Order: 2, TargetGroupArn: BLUE };

    const [first, second] = withGroups([before, forward], wanted);

    expect(first).toEqual(before);
    expect(second).toMatchObject({ Type: 'forward', Order: 2 });
  });

  test('unknown fields of the forward action ride along', () => {
    const action = {
      Type: 'forward',
      ForwardConfig: { TargetGroups: [], FailoverConfig: { Enabled: true } },
      Note: 'x',
    } as unknown as Action;

    expect(withGroups([action], wanted)[0]).toEqual({
      Type: 'forward',
      ForwardConfig: { TargetGroups: written, FailoverConfig: { Enabled: true } },
      Note: 'x',
    });
  });

  const oidc = {
    Issuer: 'https://id.example.com',
    AuthorizationEndpoint: 'https://id.example.com/authorize',
    TokenEndpoint: 'https://id.example.com/token',
    UserInfoEndpoint: 'https://id.example.com/me',
    ClientId: 'shop',
    SessionTimeout: 604_800,
  };

  // Trap: "re-sending OIDC actions without UseExistingClientSecret".
  test.each([
    ['as it is read', oidc],
    ['with a secret left in it', { ...oidc, ClientSecret: '' }],
  ])('authenticate-oidc %s is written with the secret it has', (_what, config) => {
    const action: Action = { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: config };

    expect(withGroups([action, { Type: 'forward', Order: 2 }], wanted)[0]).toEqual({
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true },
    });
  });

  test('what was read is not changed in place', () => {
    const actions: Action[] = [{ Type: 'forward', TargetGroupArn: BLUE }];

    withGroups(actions, wanted);

    expect(actions).toEqual([{ Type: 'forward', TargetGroupArn: BLUE }]);
  });
});
