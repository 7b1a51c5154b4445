import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports given out lately: the program that one is for may not listen yet. */
const given = new Set<number>();

/** A loopback port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close();
    await once(server, 'close');
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
};

export const givePortBack = (port: number): void => void given.delete(port);
