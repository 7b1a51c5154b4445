import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerRaw } from './answers.ts';

/** A request line, and one header, may have so many bytes; all headers so many (its user guide, quotas). */
const MAX_LINE_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
/** Addresses in X-Forwarded-For (its user guide, HTTP 463). */
const MAX_FORWARDED_FOR = 30;
/** How often Node cuts headers that have taken too long. */
const CHECKED_EVERY_MS = 5_000;

/** Options of Node's server: no limit to the whole of a request, as long as something of it comes. */
export const limitsOf = (idleMs: number) => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: idleMs,
  requestTimeout: 0,
  keepAliveTimeout: idleMs,
  // The hint by which Node closes sooner than it promises would be a second idle timeout.
  keepAliveTimeoutBuffer: 0,
  connectionsCheckingInterval: Math.min(idleMs, CHECKED_EVERY_MS),
});

/** What the load balancer refuses by itself; undefined: nothing. */
export const refusalOf = ({ method, url = '', rawHeaders, headers }: IncomingMessage) => {
  if (method === 'TRACE') return 405;
  if (url.length > MAX_LINE_BYTES) return 400;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if ((rawHeaders[at]?.length ?? 0) + (rawHeaders[at + 1]?.length ?? 0) > MAX_LINE_BYTES) return 400;
  }
  const forwarded = headers['x-forwarded-for'];
  if (forwarded !== undefined && [forwarded].flat().join(',').split(',').length > MAX_FORWARDED_FOR)
    return 463;
  return undefined;
};

/**
 * Cuts connections that are silent for `idleMs`: without a word between two requests, with 408 in the middle of one.
 * A target that is silent has limits of its own.
 */
export const cutIdleClients = (server: Server, idleMs: number): void => {
  const carried = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const readBefore = new WeakMap<Duplex, number>();
  const upgraded = new WeakSet<Duplex>();
  server.setTimeout(idleMs);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    carried.set(socket, { request, response });
    response.once('finish', () => {
      readBefore.set(socket, socket.bytesRead);
      carried.delete(socket);
    });
  });
  server.on('upgrade', (_request, socket) => void upgraded.add(socket));
  server.on('timeout', (socket: Socket) => {
    if (upgraded.has(socket)) return;
    const now = carried.get(socket);
    if (now === undefined) {
      if (socket.bytesRead === (readBefore.get(socket) ?? 0)) socket.destroy();
      else answerRaw(socket, 408);
    } else if (now.response.headersSent) {
      // It does not read what it has asked for.
      if (socket.writableLength > 0) socket.destroy();
    } else if (!now.request.complete) answerRaw(socket, 408);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) =>
    answerRaw(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400),
  );
};
