import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND_MS } from '../../core/clock.ts';
import { isLoopbackHost } from './loopback.ts';
import type { WireAnswer, WireRequest } from './wire.types.ts';

/** Larger than any request of the APIs that are served: 6 MB is Lambda's largest payload. */
const MAX_BODY_BYTES = 7 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 1_000;

/** A client on the same machine sends its headers at once, and a whole request within seconds. */
const PATIENCE = { headersMs: 10 * SECOND_MS, requestMs: 30 * SECOND_MS, checkEveryMs: 2 * SECOND_MS };

type WireServer = { port: number; close(): Promise<void> };

type Answerer = (request: WireRequest, requestId: string) => Promise<WireAnswer>;

/** Answers a path of our own; false: it is not one. */
type OwnPaths = (url: URL, response: ServerResponse) => boolean;

/**
 * Whether a web page may be behind the request: one that is open in a browser on this machine could post to a
 * loopback port, also under a name of its own that it has pointed here. AWS's clients send no Origin.
 */
const refusal = ({ headers }: IncomingMessage): string | undefined => {
  if (!isLoopbackHost(headers.host))
    return 'Expected a Host of this machine, such as 127.0.0.1 or localhost.';
  if (headers.origin !== undefined) return 'Expected no Origin: web pages have no business here.';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'none' ? undefined : 'Expected no request of a web page.';
};

const plain = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${text}\n`);
};

/** The whole body; undefined when there is more than is taken. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const headersOf = (request: IncomingMessage): WireRequest['headers'] =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );

const urlOf = ({ url = '/' }: IncomingMessage): URL | undefined =>
  URL.parse(url, 'http://127.0.0.1') ?? undefined;

const handle = async (
  request: IncomingMessage,
  response: ServerResponse,
  answerer: Answerer,
  own: OwnPaths,
): Promise<void> => {
  const why = refusal(request);
  if (why !== undefined) return plain(response, 403, why);
  const url = urlOf(request);
  if (request.method === 'GET' && url !== undefined && own(url, response)) return;
  // S3's clients list its buckets there, signed.
  if (request.method === 'GET' && request.url === '/' && request.headers.authorization === undefined) {
    return plain(response, 200, 'A local world of Cutover: AWS clients use it with AWS_ENDPOINT_URL.');
  }
  const body = await bodyOf(request);
  if (body === undefined) return plain(response, 413, `Expected at most ${MAX_BODY_BYTES} bytes.`);
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const wire = { method: request.method ?? 'GET', path, search, headers: headersOf(request), body };
  const answer = await answerer(wire, randomUUID());
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
};

const bounded = (
  answerer: Answerer,
  own: OwnPaths,
  failed: (error: unknown) => void,
  patience: typeof PATIENCE,
): Server => {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.checkEveryMs,
    },
    (request, response) => {
      handle(request, response, answerer, own).catch((error: unknown) => {
        // A client that left in the middle of its request is not our failure.
        if (request.destroyed && !request.complete) return;
        failed(error);
        if (!response.headersSent) plain(response, 500, 'Cutover itself failed.');
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
};

/** The endpoint on a loopback port; 0 takes any free one. `failed` gets what no answer could be made of. */
export const listenForClients = async (
  port: number,
  answerer: Answerer,
  failed: (error: unknown) => void,
  { own = () => false, patience = PATIENCE }: { own?: OwnPaths; patience?: typeof PATIENCE } = {},
): Promise<WireServer> => {
  const server = bounded(answerer, own, failed, patience);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
