import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { vi } from 'vitest';

export type SilentServer = { url: string; requested(): Promise<unknown>; close(): void };

/**
 * Accepts every connection, reads what is sent, and answers with `beginning` and no more: by default nothing at all.
 */
export const aSilentServer = async (beginning = ''): Promise<SilentServer> => {
  const requests = new EventEmitter();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(beginning);
      requests.emit('request');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requested: () => once(requests, 'request'),
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
};

const STEP_MS = 100;

/**
 * How a call that is never answered ends, and how long its client's timers waited: the socket is real, the timers are
 * vitest's, and they move only once the server has the request.
 */
export const endOfSilence = async (
  server: SilentServer,
  send: () => Promise<unknown>,
  limitMs: number,
): Promise<{ error: unknown; afterMs: number }> => {
  const requested = server.requested();
  const ended = send().then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );
  await Promise.race([requested, ended]);
  for (let afterMs = 0; afterMs <= limitMs; afterMs += STEP_MS) {
    const error = await Promise.race([ended, new Promise((resolve) => setImmediate(resolve, undefined))]);
    if (error !== undefined) return { error, afterMs };
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
  return { error: undefined, afterMs: limitMs };
};
