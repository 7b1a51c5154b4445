import { randomFillSync } from 'node:crypto';
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

/** `name` in lower case. */
export const isHopByHop = (name: string): boolean => HOP_BY_HOP.has(name);

/** Names in lower case as they came: the same few come with every request. */
const lowered = new Map<string, string>();
const MOST_NAMES = 1_000;

export const lowerCase = (name: string): string => {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  if (lowered.size >= MOST_NAMES) lowered.clear();
  const lower = name.toLowerCase();
  lowered.set(name, lower);
  return lower;
};

/** Which listener a request came to: targets read it, not the loopback port. */
export type Entrance = { protocol: string; port: number };

const TRACE_BYTES = 12;
/** A call for chance costs as much as a write to a socket, whatever it asks for: the traces of so many requests. */
const TRACES_DRAWN = 512;
const drawn = Buffer.alloc(TRACE_BYTES * TRACES_DRAWN);
let usedBytes = drawn.length;

/** `Root=1-67891233-abcdef012345678912345678`: the time in seconds and 96 bits of chance, in hex. */
const newTrace = (): string => {
  if (usedBytes === drawn.length) {
    randomFillSync(drawn);
    usedBytes = 0;
  }
  const chance = drawn.toString('hex', usedBytes, usedBytes + TRACE_BYTES);
  usedBytes += TRACE_BYTES;
  return `1-${Math.floor(Date.now() / 1_000).toString(16)}-${chance}`;
};

/** A trace of the client stays; the balancer's own part comes before it. */
const traceOf = (given: string | undefined): string => {
  if (given === undefined) return `Root=${newTrace()}`;
  return /(^|;)Root=/.test(given) ? `Self=${newTrace()};${given}` : `Root=${newTrace()};${given}`;
};

const append = (given: string | undefined, value: string): string =>
  given === undefined || given === '' ? value : `${given}, ${value}`;

/** Neither is sent as it came: what is between the client and us, and what we set. */
const NOT_PASSED_ON = new Set([
  ...HOP_BY_HOP,
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-amzn-trace-id',
]);

export const clientAddress = ({ socket }: IncomingMessage): string =>
  (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');

/** The headers for the target, as a flat list of names and values. */
export const targetHeaders = (request: IncomingMessage, { protocol, port }: Entrance): string[] => {
  const { rawHeaders, headers } = request;
  // A header that Connection names is between the client and us as well.
  const connection = (headers.connection ?? '').toLowerCase();
  const named = connection === '' || connection === 'keep-alive' ? undefined : connection.split(',');
  const sent: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const lower = lowerCase(name);
    if (NOT_PASSED_ON.has(lower)) continue;
    if (named?.some((each) => each.trim() === lower) === true) continue;
    sent.push(name, rawHeaders[at + 1] as string);
  }
  const first = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'object' ? value[0] : value;
  };
  const client = clientAddress(request);
  sent.push('X-Forwarded-For', append(first('x-forwarded-for'), client));
  sent.push('X-Forwarded-Proto', protocol.toLowerCase(), 'X-Forwarded-Port', String(port));
  sent.push('X-Amzn-Trace-Id', traceOf(first('x-amzn-trace-id')));
  return sent;
};
