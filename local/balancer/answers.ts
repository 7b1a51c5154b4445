import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  FixedResponseActionConfig,
  RedirectActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RequestFacts } from './conditions.ts';

/** What a load balancer answers by itself. */

const TITLES = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  405: 'Not Allowed',
  408: 'Request Time-out',
  463: '',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
} as const;

type Status = keyof typeof TITLES;

const pageOf = (status: Status): string => {
  const title = `${status} ${TITLES[status]}`.trim();
  const head = `<head><title>${title}</title></head>`;
  return `<html>\r\n${head}\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
};

export const answerError = (response: ServerResponse, status: Status): void => {
  if (response.headersSent) return void response.destroy();
  const page = pageOf(status);
  response.writeHead(status, {
    server: 'awselb/2.0',
    'content-type': 'text/html',
    'content-length': page.length,
    // The rest of a body is not read to its end.
    ...(response.req.complete ? {} : { connection: 'close' }),
  });
  response.end(page);
};

/** An error where no answer has begun, before the connection ends: to what is no request, or is none yet. */
export const answerRaw = (client: Duplex, status: Status): void => {
  if (!client.writable) return;
  const page = pageOf(status);
  const head = [
    `HTTP/1.1 ${status} ${TITLES[status]}`,
    'Server: awselb/2.0',
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/html',
    `Content-Length: ${page.length}`,
    'Connection: close',
  ];
  client.end(`${head.join('\r\n')}\r\n\r\n${page}`, () => client.destroy());
};

export const answerFixed = (
  response: ServerResponse,
  { StatusCode, ContentType, MessageBody = '' }: FixedResponseActionConfig,
): number => {
  const status = Number(StatusCode ?? 200);
  response.writeHead(status, {
    server: 'awselb/2.0',
    'content-type': ContentType ?? 'text/plain',
    'content-length': Buffer.byteLength(MessageBody),
  });
  response.end(MessageBody);
  return status;
};

/**
 * `#{protocol}` and the like stand for the request's own; what the action leaves out stays as it is. A port is always
 * named, the usual one as well. The request's own port is the one that its client sent it to, which for an account's
 * clients is the listener's.
 */
export const redirectTarget = (
  { Protocol, Host, Port, Path, Query }: RedirectActionConfig,
  { host, clientPort, path, rawQuery }: RequestFacts,
  { protocol, port }: { protocol: string; port: number },
): string => {
  const own: Record<string, string> = {
    protocol: protocol.toLowerCase(),
    host,
    port: String(clientPort ?? port),
    path: path.replace(/^\//, ''),
    query: rawQuery,
  };
  const filled = (text: string): string => text.replace(/#\{(\w+)\}/g, (_all, name) => own[name] ?? '');
  const toProtocol = filled(Protocol ?? '#{protocol}').toLowerCase();
  const toQuery = filled(Query ?? '#{query}');
  return [
    `${toProtocol}://${filled(Host ?? '#{host}')}`,
    `:${filled(Port ?? '#{port}')}`,
    filled(Path ?? '/#{path}'),
    toQuery === '' ? '' : `?${toQuery}`,
  ].join('');
};

export const answerRedirect = (
  response: ServerResponse,
  { StatusCode }: RedirectActionConfig,
  location: string,
): number => {
  const status = StatusCode === 'HTTP_301' ? 301 : 302;
  const page = pageOf(status);
  response.writeHead(status, {
    server: 'awselb/2.0',
    'content-type': 'text/html',
    'content-length': page.length,
    location,
  });
  response.end(page);
  return status;
};
