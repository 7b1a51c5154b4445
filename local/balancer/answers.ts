import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  FixedResponseActionConfig,
  RedirectActionConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { RequestFacts } from './conditions.ts';

/** What a load balancer answers by itself. */

const TITLES = {
  400: 'Bad Request',
  405: 'Not Allowed',
  408: 'Request Time-out',
  463: '',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
} as const;

export const answerError = (response: ServerResponse, status: keyof typeof TITLES): void => {
  if (response.headersSent) return void response.destroy();
  const title = `${status} ${TITLES[status]}`;
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
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
export const answerRaw = (client: Duplex, status: keyof typeof TITLES): void => {
  if (!client.writable) return;
  client.end(
    `HTTP/1.1 ${status} ${TITLES[status]}\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    () => client.destroy(),
  );
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

/** `#{protocol}` and the like stand for the request's own; what the action leaves out stays as it is. */
export const redirectTarget = (
  { Protocol, Host, Port, Path, Query }: RedirectActionConfig,
  { host, path, query }: RequestFacts,
  { protocol, port }: { protocol: string; port: number },
): string => {
  const own: Record<string, string> = {
    protocol: protocol.toLowerCase(),
    host,
    port: String(port),
    path: path.replace(/^\//, ''),
    query: query.toString(),
  };
  const filled = (text: string): string => text.replace(/#\{(\w+)\}/g, (_all, name) => own[name] ?? '');
  const toProtocol = filled(Protocol ?? '#{protocol}').toLowerCase();
  const toPort = filled(Port ?? '#{port}');
  const usual = toProtocol === 'https' ? '443' : '80';
  const toQuery = filled(Query ?? '#{query}');
  return [
    `${toProtocol}://${filled(Host ?? '#{host}')}`,
    toPort === usual ? '' : `:${toPort}`,
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
  response.writeHead(status, { server: 'awselb/2.0', location, 'content-length': 0 });
  response.end();
  return status;
};
