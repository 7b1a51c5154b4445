import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerRaw } from './answers.ts';
import type { Forwarded } from './forward.ts';

const STATUS = /^HTTP\/1\.1 (\d{3})/;

/**
 * A WebSocket: the request as it is, and from then on bytes both ways until one side ends. A target that refuses the
 * upgrade answers in the same way. Answers the connection to the target, for the balancer to cut.
 */
export const forwardUpgrade = (
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
  port: number,
  headers: string[],
  idleMs: number,
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
  // Bytes of either side keep it.
  client.setTimeout(idleMs, () => client.destroy());
  target.once('close', () => {
    if (status > 0) client.destroy();
    else {
      answerRaw(client, 502);
      done({ kind: 'refused' });
    }
  });
  return target;
};
