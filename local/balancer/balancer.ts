import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { Action, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SECOND_MS } from '../../core/clock.ts';
import type { Served } from '../served-traffic.ts';
import { answerError, answerFixed, answerRaw, answerRedirect, redirectTarget } from './answers.ts';
import { addressOf } from './choose.ts';
import { type Balanced, makeChooser } from './chooser.ts';
import { cutIdleClients, limitsOf, refusalOf } from './client-limits.ts';
import type { RequestFacts } from './conditions.ts';
import { type Forwarded, forward } from './forward.ts';
import { type Entrance, targetHeaders } from './headers.ts';
import { toOriginForm } from './origin-form.ts';
import { answerPlayed, play, playedBy } from './played-version.ts';
import { makeRecorder } from './recorder.ts';
import { MOST_ANSWER_HEADER_BYTES, type TargetsOnline } from './targets-online.ts';
import { forwardUpgrade, isWebSocket } from './upgrade.ts';

/** How long a connection may be silent: the default of an application load balancer's idle timeout. */
const IDLE_MS = { client: 60 * SECOND_MS, target: 60 * SECOND_MS };
/**
 * Connections that may wait to be accepted. Node accepts one in each turn of its event loop, so on a busy machine many
 * arrive at once, and what overflows the queue is reset, which no application load balancer does.
 */
const WAITING_CONNECTIONS = 4096;

type Parts = Balanced & {
  listener: Listener;
  online: TargetsOnline;
  record(served: Served): void;
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
  const atWork = {
    parts,
    entrance,
    choose: makeChooser(parts, entrance),
    recorded: makeRecorder(parts.record),
  };
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
