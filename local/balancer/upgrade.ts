import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Forwarded } from './forward.ts';

const STATUS = /^HTTP\/1\.1 (\d{3})/;

/**
 * A WebSocket: the request as it is, and from then on bytes both ways until one side ends. A target that refuses the
 * upgrade answers in the same way. Answers the connection to the target, for the balancer to cut.
 */
export const forwardUpgrade = (
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  port: number,
  headers: string[],
  done: (forwarded: Forwarded) => void,
): Duplex => {
  const target = connect(port, '127.0.0.1');
  let status = 0;
  target.once('connect', () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
    lines.push('Connection: Upgrade', `Upgrade: ${request.headers.upgrade ?? ''}`);
    target.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (head.length > 0) target.write(head);
    client.pipe(target);
  });
  target.once('data', (chunk: Buffer) => {
    status = Number(STATUS.exec(chunk.toString('latin1'))?.[1] ?? 502);
    done({ kind: 'answered', status, complete: true });
  });
  target.pipe(client, { end: false });
  target.on('error', () => target.destroy());
  client.on('error', () => client.destroy());
  client.once('close', () => target.destroy());
  target.once('close', () => {
    if (status > 0) client.destroy();
    else {
      client.end(
        'HTTP/1.1 502 Bad Gateway\r\nServer: awselb/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
      done({ kind: 'refused' });
    }
  });
  return target;
};
