import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerRaw } from './answers.ts';
import { lowerCase } from './headers.ts';

/** A request line, and one header, may have so many bytes; all headers so many (its user guide, quotas). */
const MAX_LINE_BYTES = 16 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
/** Addresses in X-Forwarded-For (its user guide, HTTP 463). */
const MAX_FORWARDED_FOR = 30;
const HOST = 'host';
/** How often Node cuts headers that have taken too long. */
const CHECKED_EVERY_MS = 5_000;

/** Options of Node's server: no limit to the whole of a request, as long as something of it comes. */
export const limitsOf = (idleMs: number) => ({
  maxHeaderSize: MAX_HEADER_BYTES,
  // Counted below, for the load balancer's own answer.
  requireHostHeader: false,
  headersTimeout: idleMs,
  requestTimeout: 0,
  keepAliveTimeout: idleMs,
  // The hint by which Node closes sooner than it promises would be a second idle timeout.
  keepAliveTimeoutBuffer: 0,
  connectionsCheckingInterval: Math.min(idleMs, CHECKED_EVERY_MS),
});

/** What the load balancer refuses by itself; undefined: nothing. */
export const refusalOf = ({ method, url = '', httpVersion, rawHeaders, headers }: IncomingMessage) => {
  if (method === 'TRACE') return 405;
  if (url.length > MAX_LINE_BYTES) return 400;
  // `*` is nothing that a rule or a target knows.
  if (!url.startsWith('/')) return 400;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length + (rawHeaders[at + 1]?.length ?? 0) > MAX_LINE_BYTES) return 400;
    if (name.length === HOST.length && lowerCase(name) === HOST) hosts += 1;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 400;
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
  const carried = new WeakMap<Duplex, ServerResponse>();
  /** Of a connection between two requests. */
  const readBefore = new WeakMap<Duplex, number>();
  const upgraded = new WeakSet<Duplex>();
  const late = (socket: Socket): void => {
    const nothingCame = socket.bytesRead === (readBefore.get(socket) ?? 0);
    if (nothingCame) socket.destroy();
    else answerRaw(socket, 408);
  };
  server.setTimeout(idleMs);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    carried.set(socket, response);
    response.once('finish', () => readBefore.set(socket, socket.bytesRead));
  });
  server.on('upgrade', (_request, socket) => void upgraded.add(socket));
  server.on('timeout', (socket: Socket) => {
    if (upgraded.has(socket)) return;
    const response = carried.get(socket);
    if (response === undefined || response.writableFinished) {
      late(socket);
    } else if (response.headersSent) {
      // It does not read what it has asked for.
      if (socket.writableLength > 0) socket.destroy();
    } else if (!response.req.complete) answerRaw(socket, 408);
  });
  // Node's own watch over headers may be the first to notice.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') late(socket);
    else answerRaw(socket, 400);
  });
};
