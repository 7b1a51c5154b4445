import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a client's request says of the connection to the balancer, not of the request (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const isHopByHop = (name: string): boolean => HOP_BY_HOP.has(name);

/** Which listener a request came to: targets read it, not the loopback port. */
export type Entrance = { protocol: string; port: number };

/** `Root=1-67891233-abcdef012345678912345678`: the time in seconds and 96 bits of chance, in hex. */
const newTrace = (): string =>
  `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;

/** A trace of the client stays; the balancer's own part comes before it. */
const traceOf = (given: string | undefined): string => {
  if (given === undefined) return `Root=${newTrace()}`;
  return /(^|;)Root=/.test(given) ? `Self=${newTrace()};${given}` : `Root=${newTrace()};${given}`;
};

const append = (given: string | undefined, value: string): string =>
  given === undefined || given === '' ? value : `${given}, ${value}`;

const SET_BY_US = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id']);

/** The headers for the target, as a flat list of names and values. */
export const targetHeaders = (request: IncomingMessage, { protocol, port }: Entrance): string[] => {
  const { rawHeaders, headers, socket } = request;
  // A header that Connection names is between the client and us as well.
  const named = (headers.connection ?? '').toLowerCase();
  const sent: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || SET_BY_US.has(lower)) continue;
    if (named !== '' && named.split(',').some((each) => each.trim() === lower)) continue;
    sent.push(name, rawHeaders[at + 1] as string);
  }
  const first = (name: string): string | undefined => [headers[name]].flat()[0];
  const client = (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  sent.push('X-Forwarded-For', append(first('x-forwarded-for'), client));
  sent.push('X-Forwarded-Proto', protocol.toLowerCase(), 'X-Forwarded-Port', String(port));
  sent.push('X-Amzn-Trace-Id', traceOf(first('x-amzn-trace-id')));
  return sent;
};
