import { Agent, request } from 'node:http';
import { SECOND_MS } from '../core/clock.ts';

/** What a version's answers came to, as the users saw them. */
type Seen = { answered: number; failed: number };

/** A steady stream of requests, and what came of them. */
export type Users = {
  sent(): number;
  /** By the version that the answer names; `''` for answers that name none, such as the balancer's own. */
  byVersion(): ReadonlyMap<string, Seen>;
  /** Requests that got no answer at all. */
  dropped(): number;
  stop(): Promise<void>;
};

const EVERY_MS = 20;

const versionIn = (body: string): string => /"version":"([^"]*)"/.exec(body)?.[1] ?? '';

/** Sends `perSecond` requests a second to the port, over connections that are kept. */
export const startUsers = (port: number, path: string, perSecond: number): Users => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const seen = new Map<string, Seen>();
  let sent = 0;
  let dropped = 0;
  let open = 0;
  let finished = (): void => {};
  const startedAt = Date.now();

  const settled = (): void => {
    open -= 1;
    if (open === 0) finished();
  };
  const ask = (): void => {
    sent += 1;
    open += 1;
    const asked = request({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('end', () => {
        const version = versionIn(body);
        const counts = seen.get(version) ?? { answered: 0, failed: 0 };
        seen.set(version, counts);
        if ((response.statusCode ?? 500) < 500) counts.answered += 1;
        else counts.failed += 1;
        settled();
      });
      response.once('error', () => {
        dropped += 1;
        settled();
      });
    });
    asked.once('error', () => {
      dropped += 1;
      settled();
    });
    asked.end();
  };
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - startedAt) / SECOND_MS) * perSecond);
    // After a pause of the machine the missed ones are not sent in a burst.
    for (let count = Math.min(due - sent, perSecond); count > 0; count -= 1) ask();
  }, EVERY_MS);

  return {
    sent: () => sent,
    byVersion: () => seen,
    dropped: () => dropped,
    stop: async () => {
      clearInterval(timer);
      if (open > 0) {
        await new Promise<void>((resolve) => {
          finished = resolve;
        });
      }
      agent.destroy();
    },
  };
};
