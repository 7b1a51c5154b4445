import { request as ask, type IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerError } from './answers.ts';
import type { Forwarded } from './forward.ts';
import { isHopByHop, lowerCase } from './headers.ts';

/** The one upgrade that a load balancer makes: a request for another protocol gets an ordinary answer. */
export const isWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

type Asked = {
  request: IncomingMessage;
  client: Socket;
  /** What the client has sent beyond its request. */
  head: Buffer;
  port: number;
  headers: string[];
  idleMs: number;
  maxHeaderSize: number;
  done(forwarded: Forwarded): void;
};

/** The lines of the target's 101, as they came. */
const headOf = ({ statusMessage, rawHeaders }: IncomingMessage): string => {
  const lines = [`HTTP/1.1 101 ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
};

const headersOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.flatMap((name, at) =>
    at % 2 === 1 || isHopByHop(lowerCase(name)) ? [] : [name, rawHeaders[at + 1] as string],
  );

/** An answer on the client's connection, which ends after it: what still comes by this way is for nobody. */
const lastResponse = (request: IncomingMessage, client: Socket): ServerResponse => {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(client);
  response.once('finish', () => {
    client.end();
    client.resume();
  });
  return response;
};

/**
 * A WebSocket: the request as it is, and from the target's 101 on bytes both ways until one side ends. Where the target
 * refuses the upgrade the client gets its ordinary answer, and the connection ends. Returns the connection to the
 * target, for the balancer to cut.
 */
export const forwardUpgrade = (asked: Asked): Duplex => {
  const { request, client, head, port, headers, idleMs, maxHeaderSize, done } = asked;
  const target = connect(port, '127.0.0.1');
  const sent = ask({
    createConnection: () => target,
    method: request.method,
    path: request.url,
    headers: [...headers, 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
    maxHeaderSize,
  });
  let answered = false;
  const end = (forwarded: Forwarded): void => {
    if (answered) return;
    answered = true;
    done(forwarded);
  };

  sent.once('upgrade', (answer, _target, first) => {
    end({ kind: 'answered', status: 101, complete: true });
    client.write(headOf(answer), 'latin1');
    if (first.length > 0) client.write(first);
    if (head.length > 0) target.write(head);
    target.pipe(client);
    client.pipe(target);
  });
  sent.once('response', (answer) => {
    const { statusCode = 502, statusMessage } = answer;
    // It agreed, and names no upgrade.
    if (statusCode === 101) return void sent.destroy(new Error('no upgrade'));
    end({ kind: 'answered', status: statusCode, complete: true });
    const response = lastResponse(request, client);
    response.writeHead(statusCode, statusMessage, headersOf(answer));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  sent.on('error', () => {
    if (answered) return;
    end({ kind: 'refused' });
    answerError(lastResponse(request, client), 502);
  });
  target.on('error', () => target.destroy());
  target.once('close', () => {
    if (answered && !client.writableEnded) client.destroy();
  });
  client.on('error', () => client.destroy());
  client.once('close', () => {
    end({ kind: 'clientLeft' });
    target.destroy();
  });
  // Bytes of either side keep it.
  client.setTimeout(idleMs, () => {
    if (answered) return void client.destroy();
    end({ kind: 'timedOut' });
    answerError(lastResponse(request, client), 504);
    target.destroy();
  });
  sent.end();
  return target;
};
