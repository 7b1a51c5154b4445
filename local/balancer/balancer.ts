import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { Action, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SECOND_MS } from '../../core/clock.ts';
import type { RouteForward } from '../../core/vocabulary/plan.types.ts';
import type { DataPlane, ServedRoute } from '../../sim/elbv2/elbv2.ts';
import type { Target } from '../../sim/elbv2/target-checks.ts';
import type { FailureCause } from '../../sim/parts.types.ts';
import { whyUnanswered } from '../../sim/traffic/group-answers.ts';
import type { Served } from '../served-traffic.ts';
import { answerError, answerFixed, answerRaw, answerRedirect, redirectTarget } from './answers.ts';
import { addressOf, chooseGroup, chooseRoute, chooseTarget } from './choose.ts';
import { cutIdleClients, limitsOf, refusalOf } from './client-limits.ts';
import type { RequestFacts } from './conditions.ts';
import { APP_COOKIE, cookieText, GROUP_COOKIE, readCookie, TARGET_COOKIE, writeCookies } from './cookies.ts';
import { type Forwarded, forward, NO_COOKIES, type OwnCookies } from './forward.ts';
import { type Entrance, targetHeaders } from './headers.ts';
import { toOriginForm } from './origin-form.ts';
import { answerPlayed, play, playedBy } from './played-version.ts';
import { FactsOfRequest } from './request-facts.ts';
import { rewriteRequest } from './rewrite.ts';
import { MOST_ANSWER_HEADER_BYTES, type TargetsOnline } from './targets-online.ts';
import { forwardUpgrade, isWebSocket } from './upgrade.ts';

/** How long a connection may be silent: the default of an application load balancer's idle timeout. */
const IDLE_MS = { client: 60 * SECOND_MS, target: 60 * SECOND_MS };
/**
 * Connections that may wait to be accepted. Node accepts one in each turn of its event loop, so on a busy machine many
 * arrive at once, and what overflows the queue is reset, which no application load balancer does.
 */
const WAITING_CONNECTIONS = 4096;

type Parts = {
  listener: Listener;
  dataPlane: DataPlane;
  online: TargetsOnline;
  /** The listener's routes now, in the order in which requests try them. */
  routes(): readonly ServedRoute[];
  record(served: Served): void;
  chance(): number;
  /** How long either connection may be silent. Absent: a minute, the load balancers' default. */
  idleMs?: { client: number; target: number };
};

/**
 * One listener of a load balancer, on a loopback port; TLS ends outside of this world, so an HTTPS listener speaks
 * HTTP here.
 */
export type ListenerServer = {
  port: number;
  listener: Listener;
  /** Of clients. */
  connections(): Promise<number>;
  close(): Promise<void>;
};

type Destination = { targetGroupArn: string; target: Target; failsOpen: boolean; cookies: OwnCookies };
type Chosen =
  | { kind: 'target'; to: Destination }
  | { kind: 'nobody'; targetGroupArn: string | undefined }
  | { kind: 'own'; action: Action | undefined; facts: RequestFacts }
  /** A rule's transforms made no request of it. */
  | { kind: 'spoilt' };

const cookiesOf = (
  { stickiness }: RouteForward,
  targetGroupArn: string,
  target: Target,
  protocol: string,
): OwnCookies => {
  const { enabled, type, cookieSeconds, appCookie } = target.group.stickiness;
  if (!stickiness.enabled && !enabled) return NO_COOKIES;
  const address = addressOf(target);
  return {
    always: [
      ...(stickiness.enabled && stickiness.durationSeconds !== undefined
        ? writeCookies(GROUP_COOKIE, targetGroupArn, stickiness.durationSeconds, protocol)
        : []),
      ...(enabled && type === 'lb_cookie'
        ? writeCookies(TARGET_COOKIE, address, cookieSeconds, protocol)
        : []),
    ],
    ...(enabled && type === 'app_cookie' ? { beside: { name: appCookie, address } } : {}),
  };
};

/** The target that the client's cookies name, where the group keeps clients at their targets. */
const keptTarget = ([first]: readonly Target[], cookie: string | undefined): string | undefined => {
  if (first === undefined || cookie === undefined) return undefined;
  const { enabled, type, appCookie } = first.group.stickiness;
  if (!enabled) return undefined;
  if (type === 'lb_cookie') return readCookie(cookie, TARGET_COOKIE);
  // Without the application's own cookie its session is over.
  return cookieText(cookie, appCookie) === undefined ? undefined : readCookie(cookie, APP_COOKIE);
};

const makeChooser = ({ dataPlane, routes, chance }: Parts, { protocol }: Entrance) => {
  const turns = new Map<string, number>();
  const nextTurn = (arn: string): number => {
    const turn = turns.get(arn) ?? 0;
    turns.set(arn, (turn + 1) % Number.MAX_SAFE_INTEGER);
    return turn;
  };

  return (request: IncomingMessage): Chosen => {
    const facts = new FactsOfRequest(request);
    const route = chooseRoute(routes(), facts);
    if (route?.forward === undefined) {
      const action = route?.actions.find(({ Type }) => Type === 'redirect' || Type === 'fixed-response');
      return { kind: 'own', action, facts };
    }
    const { cookie } = request.headers;
    const targetGroupArn = chooseGroup(route.forward, readCookie(cookie, GROUP_COOKIE), chance());
    if (targetGroupArn === undefined) return { kind: 'nobody', targetGroupArn };
    const targets = dataPlane.targets(targetGroupArn);
    const chosen = chooseTarget(targets, keptTarget(targets, cookie), nextTurn(targetGroupArn));
    if (chosen === undefined) return { kind: 'nobody', targetGroupArn };
    const transforms = route.rule?.Transforms;
    if (transforms !== undefined && !rewriteRequest(request, transforms)) return { kind: 'spoilt' };

    const { target, failsOpen } = chosen;
    const cookies = cookiesOf(route.forward, targetGroupArn, target, protocol);
    return { kind: 'target', to: { targetGroupArn, target, failsOpen, cookies } };
  };
};

/** Why a request counts as failed; undefined: it does not. */
const causeOf = (forwarded: Forwarded, { target, failsOpen }: Destination): FailureCause | undefined => {
  switch (forwarded.kind) {
    case 'answered':
      if (!forwarded.complete) return whyUnanswered(target, failsOpen);
      return forwarded.status >= 500 ? 'versionError' : undefined;
    case 'clientLeft':
      return undefined;
    case 'refused':
    case 'timedOut':
      return whyUnanswered(target, failsOpen);
    default:
      return forwarded satisfies never;
  }
};

const makeRecorder = ({ record }: Parts) => {
  const sent = (to: Destination, startedAt: number, forwarded: Forwarded): void =>
    record({
      targetGroupArn: to.targetGroupArn,
      target: addressOf(to.target),
      status: forwarded.kind === 'answered' ? forwarded.status : undefined,
      seconds: (performance.now() - startedAt) / SECOND_MS,
      cause: causeOf(forwarded, to),
    });
  const nobody = (targetGroupArn: string | undefined): void =>
    record({ targetGroupArn, target: undefined, status: undefined, seconds: 0, cause: 'emptyGroup' });
  return { sent, nobody };
};

const serveOwn = (
  response: ServerResponse,
  action: Action | undefined,
  facts: RequestFacts,
  entrance: Entrance,
): void => {
  if (action?.Type === 'redirect' && action.RedirectConfig !== undefined) {
    answerRedirect(response, action.RedirectConfig, redirectTarget(action.RedirectConfig, facts, entrance));
  } else if (action?.Type === 'fixed-response' && action.FixedResponseConfig !== undefined) {
    answerFixed(response, action.FixedResponseConfig);
  } else answerError(response, 500);
};

type AtWork = {
  parts: Parts;
  entrance: Entrance;
  choose: ReturnType<typeof makeChooser>;
  recorded: ReturnType<typeof makeRecorder>;
};

/** What a version that an injected fault has answer 5xx is counted as. */
const FAILED: Forwarded = { kind: 'answered', status: 500, complete: true };

const serveRequest = (
  { parts, entrance, choose, recorded }: AtWork,
  request: IncomingMessage,
  response: ServerResponse,
) => {
  const { online, chance, idleMs = IDLE_MS } = parts;
  // After an upgrade that nobody took Node reads nothing more.
  if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
  toOriginForm(request);
  const refusal = refusalOf(request);
  if (refusal !== undefined) return answerError(response, refusal);
  const startedAt = performance.now();
  const chosen = choose(request);
  if (chosen.kind === 'own') return serveOwn(response, chosen.action, chosen.facts, entrance);
  if (chosen.kind === 'spoilt') return answerError(response, 500);
  if (chosen.kind === 'nobody') {
    recorded.nobody(chosen.targetGroupArn);
    return answerError(response, 503);
  }
  const { to } = chosen;
  const done = (forwarded: Forwarded): void => {
    recorded.sent(to, startedAt, forwarded);
    if (forwarded.kind === 'refused') answerError(response, 502);
    if (forwarded.kind === 'timedOut') answerError(response, 504);
  };
  const send = () => {
    const pool = online.pool(addressOf(to.target));
    if (pool === undefined) return done({ kind: 'refused' });
    forward(request, response, pool, targetHeaders(request, entrance), to.cookies, idleMs.target, done);
  };
  const played = playedBy(to.target, chance());
  if (played === undefined) return send();
  const fail = (): void => {
    answerPlayed(response);
    done(FAILED);
  };
  play(played, response, { fail, send, left: () => done({ kind: 'clientLeft' }) });
};

const serveUpgrade = (
  { parts, entrance, choose, recorded }: AtWork,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
) => {
  const { online, chance, idleMs = IDLE_MS } = parts;
  toOriginForm(request);
  const refusal = refusalOf(request);
  if (refusal !== undefined) return answerRaw(client, refusal);
  const startedAt = performance.now();
  const chosen = choose(request);
  const portNow = (): number | undefined =>
    chosen.kind === 'target' ? online.port(addressOf(chosen.to.target)) : undefined;
  if (chosen.kind !== 'target' || portNow() === undefined) {
    if (chosen.kind === 'nobody') recorded.nobody(chosen.targetGroupArn);
    if (chosen.kind === 'target') recorded.sent(chosen.to, startedAt, { kind: 'refused' });
    return answerRaw(client, 503);
  }
  const { to } = chosen;
  const done = (forwarded: Forwarded): void => recorded.sent(to, startedAt, forwarded);
  const send = () => {
    const port = portNow();
    if (port === undefined) {
      done({ kind: 'refused' });
      return answerRaw(client, 503);
    }
    const connection = forwardUpgrade({
      request,
      client,
      head,
      port,
      headers: targetHeaders(request, entrance),
      idleMs: idleMs.client,
      maxHeaderSize: MOST_ANSWER_HEADER_BYTES,
      done,
    });
    online.add(addressOf(to.target), connection);
  };
  const played = playedBy(to.target, chance());
  if (played === undefined) return send();
  const fail = (): void => {
    answerRaw(client, 500);
    done(FAILED);
  };
  play(played, client, { fail, send, left: () => done({ kind: 'clientLeft' }) });
};

/** `upgraded`: connections that the server itself no longer knows. */
const makeServer = (parts: Parts, entrance: Entrance, upgraded: Set<Socket>): Server => {
  const { idleMs = IDLE_MS } = parts;
  const atWork = { parts, entrance, choose: makeChooser(parts, entrance), recorded: makeRecorder(parts) };
  const server = createServer({ ...limitsOf(idleMs.client), shouldUpgradeCallback: isWebSocket });
  cutIdleClients(server, idleMs.client);
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    serveRequest(atWork, request, response),
  );
  server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
    upgraded.add(client);
    client.once('close', () => upgraded.delete(client));
    serveUpgrade(atWork, request, client, head);
  });
  // It is no proxy to anywhere else.
  server.on('connect', (_request, client) => answerRaw(client, 400));
  return server;
};

/** Serves one listener on a loopback port. */
export const serveListener = async (port: number, parts: Parts): Promise<ListenerServer> => {
  const { listener } = parts;
  const entrance = { protocol: listener.Protocol ?? 'HTTP', port: listener.Port ?? 80 };
  const upgraded = new Set<Socket>();
  const server = makeServer(parts, entrance, upgraded);
  server.listen({ port, host: '127.0.0.1', backlog: WAITING_CONNECTIONS });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    listener,
    connections: promisify(server.getConnections.bind(server)),
    close: async () => {
      server.close();
      server.closeAllConnections();
      for (const client of upgraded) client.destroy();
      await once(server, 'close');
    },
  };
};
