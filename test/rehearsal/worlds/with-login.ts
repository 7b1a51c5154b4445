import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WorldSeed } from '../../../sim/parts.types.ts';
import { changed } from './changed.ts';

export const LOGIN: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://login.example.com',
    AuthorizationEndpoint: 'https://login.example.com/authorize',
    TokenEndpoint: 'https://login.example.com/token',
    UserInfoEndpoint: 'https://login.example.com/userinfo',
    ClientId: 'shop',
    Scope: 'openid email',
    OnUnauthenticatedRequest: 'authenticate',
  },
};

/** Users log in at the load balancer before either version sees them: an action in front of every forward on HTTPS. */
export const withLogin = (world: WorldSeed): WorldSeed =>
  changed(world, ({ listeners, rules }) => {
    const behindLogin = (actions: Action[]): Action[] =>
      actions.some(({ Type }) => Type === 'forward')
        ? [LOGIN, ...actions.map((action) => ({ ...action, Order: 2 }))]
        : actions;
    for (const listener of listeners.filter(({ Protocol }) => Protocol === 'HTTPS')) {
      listener.DefaultActions = behindLogin(listener.DefaultActions ?? []);
      for (const { Rule } of rules.filter(({ ListenerArn }) => ListenerArn === listener.ListenerArn)) {
        Rule.Actions = behindLogin(Rule.Actions ?? []);
      }
    }
  });
