import type {
  Action,
  AuthenticateOidcActionConfig,
  Listener,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { aSimulatedAccount, type SimulatedAccount, worldOf } from '../cli/a-simulated-account.ts';
import { changed } from '../rehearsal/worlds/changed.ts';
import { LOGIN } from '../rehearsal/worlds/with-login.ts';
import { paste, send } from './paste-aws.ts';

/**
 * The command that preflight prints against wrong weights, typed in the account that it was printed for: after it the
 * weights are right, and everything else of the route is as it was read, so that nobody's sign-in is taken away.
 */

const OIDC: Action = {
  ...LOGIN,
  AuthenticateOidcConfig: {
    ...(LOGIN.AuthenticateOidcConfig as AuthenticateOidcActionConfig),
    SessionCookieName: 'AWSELBAuthSessionCookie',
    SessionTimeout: 3_600,
    OnUnauthenticatedRequest: 'deny',
    AuthenticationRequestExtraParams: { display: 'page', prompt: 'login' },
  },
};
const COGNITO: Action = {
  Type: 'authenticate-cognito',
  Order: 1,
  AuthenticateCognitoConfig: {
    UserPoolArn: 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_AbCdEfGhI',
    UserPoolClientId: 'client',
    UserPoolDomain: 'shop',
    SessionCookieName: 'shop',
    Scope: 'openid',
    SessionTimeout: 604_800,
    OnUnauthenticatedRequest: 'authenticate',
  },
};

type Route = { name: string; world: 'shop' | 'sticky'; change: (actions: Action[]) => Action[] };

const swapped = (action: Action): Action => {
  const { ForwardConfig: config, TargetGroupArn: _legacy, ...rest } = action;
  const [blue, green] = config?.TargetGroups ?? [];
  if (blue === undefined || green === undefined) return action;
  const groups = [
    { ...blue, Weight: 0 },
    { ...green, Weight: 100 },
  ];
  return { ...rest, ForwardConfig: { ...config, TargetGroups: groups } };
};
const behind =
  (first: Action) =>
  (actions: Action[]): Action[] => [
    first,
    ...actions.map((action, index) => ({ ...swapped(action), Order: index + 2 })),
  ];

const routes: Route[] = [
  { name: 'of a path rule and a default action', world: 'shop', change: (actions) => actions.map(swapped) },
  {
    name: 'with sign-in and stickiness of the default action',
    world: 'sticky',
    change: (actions) => actions.map(swapped),
  },
  { name: 'with sign-in by OIDC', world: 'shop', change: behind(OIDC) },
  { name: 'with sign-in by Cognito', world: 'shop', change: behind(COGNITO) },
  {
    name: 'that is sticky for an hour',
    world: 'shop',
    change: (actions) =>
      actions.map(swapped).map((action) =>
        action.ForwardConfig === undefined
          ? action
          : {
              ...action,
              ForwardConfig: {
                ...action.ForwardConfig,
                TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3_600 },
              },
            },
      ),
  },
];

const forwards = (actions: readonly Action[] = []): boolean =>
  actions.some(({ ForwardConfig }) => (ForwardConfig?.TargetGroups ?? []).length > 1);

/** The world's forwarding routes, each changed, by rule and by listener. */
const broken = ({ world, change }: Route): WorldSeed =>
  changed(worldOf(world), (copy) => {
    for (const { Rule: rule } of copy.rules) {
      if (forwards(rule.Actions)) rule.Actions = change(rule.Actions ?? []);
    }
    for (const listener of copy.listeners) {
      if (forwards(listener.DefaultActions)) listener.DefaultActions = change(listener.DefaultActions ?? []);
    }
  });

/** All of every listener and rule but the groups of its forward action and their weights. */
const readAll = async (account: SimulatedAccount, { listeners }: WorldSeed) => {
  const { Listeners } = (await send(account, 'elbv2', 'DescribeListeners', {
    ListenerArns: listeners.map(({ ListenerArn }) => ListenerArn),
  })) as { Listeners: Listener[] };
  const rules = await Promise.all(
    Listeners.map(async ({ ListenerArn }) => {
      const { Rules } = (await send(account, 'elbv2', 'DescribeRules', { ListenerArn })) as { Rules: Rule[] };
      return Rules.map((rule) => ({ ...rule, Actions: withoutWeights(rule.Actions) }));
    }),
  );
  return [Listeners.map((one) => ({ ...one, DefaultActions: withoutWeights(one.DefaultActions) })), ...rules];
};

const withoutWeights = (actions: Action[] = []) =>
  actions.map(({ TargetGroupArn: _one, ForwardConfig, Order, ...rest }) => {
    const { TargetGroups: _groups, ...config } = ForwardConfig ?? {};
    // Of a single action it says nothing.
    return { ...rest, ...(actions.length === 1 ? {} : { Order }), config };
  });

test.each(routes)('of a route $name it changes the weights alone', async (route) => {
  const world = broken(route);
  const account = await aSimulatedAccount({ world });
  const before = await readAll(account, world);
  const service = route.world === 'shop' ? 'production/shop' : 'production/basket';

  const { out } = await account.cutover(['preflight', service], { width: 2_000 });
  const lines = out
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^aws elbv2 .*modify-(rule|listener) /.test(line));
  const problems: string[] = [];
  for (const line of lines) problems.push(...(await paste(account, line)).problems);
  const again = await account.cutover(['preflight', service], { width: 2_000 });

  expect(out).toContain('weights-disagree-with-primary');
  expect(lines.length).toBeGreaterThan(0);
  expect(problems).toEqual([]);
  expect(await readAll(account, world)).toEqual(before);
  expect(again.out).not.toContain('weights-disagree-with-primary');
});
