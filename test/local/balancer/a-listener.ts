import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { onTestFinished } from 'vitest';
import { serveListener } from '../../../local/balancer/balancer.ts';
import { makeTargetsOnline } from '../../../local/balancer/targets-online.ts';
import type { Served } from '../../../local/served-traffic.ts';
import { forwardOf, storedActions } from '../../../sim/elbv2/actions.ts';
import type { DataPlane } from '../../../sim/elbv2/elbv2.ts';
import type { Target } from '../../../sim/elbv2/target-checks.ts';

/** A program that a target stands for; `upgrade` answers WebSockets. */
export const aProgram = async (
  answer: RequestListener,
  upgrade?: (request: IncomingMessage, socket: Socket) => void,
): Promise<number> => {
  const server = createServer(answer);
  if (upgrade !== undefined) server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
};

type AsTarget = {
  group: string;
  port: number | undefined;
  state?: Target['state'];
  stickiness?: Target['group']['stickiness'];
  /** What an injected fault has its version do. */
  played?: { errorShare?: number; responseMs?: number };
};
const NOT_STICKY = { enabled: false, type: 'lb_cookie', cookieSeconds: 60, appCookie: '' };
type Route = { rule?: Rule; actions: Action[] };

/** A listener with these routes and targets. `remove` takes a target away as the end of its drain does. */
export const aListener = async (
  routes: Route[],
  targets: AsTarget[],
  chance = 0,
  idleMs?: { client: number; target: number },
) => {
  const served: Served[] = [];
  const changes: ((arn: string) => void)[] = [];
  const known = targets.map(({ group, state = 'healthy', stickiness = NOT_STICKY, played = {} }, index) => ({
    arn: group,
    target: {
      id: { id: `10.0.0.${index}`, port: 80 },
      state,
      app: {
        gone: () => true,
        goneBecause: () => 'crashed',
        behaviour: { errorShare: () => played.errorShare ?? 0, responseMs: () => played.responseMs ?? 0 },
      },
      group: { stickiness },
    } as unknown as Target,
  }));
  const present = new Set(known);
  const dataPlane = {
    onGroupChange: (listener: (arn: string) => void) => void changes.push(listener),
    groupArns: () => [...new Set(known.map(({ arn }) => arn))],
    targets: (arn: string) => [...present].filter((each) => each.arn === arn).map(({ target }) => target),
  } as unknown as DataPlane;
  const portOf = (address: string): number | undefined =>
    targets[known.findIndex(({ target }) => `${target.id.id}:80` === address)]?.port;
  const online = makeTargetsOnline(dataPlane, portOf);
  const listener = await serveListener(0, {
    listener: { Protocol: 'HTTPS', Port: 443 },
    dataPlane,
    online,
    routes: () =>
      routes.map(({ rule, actions }, index) => {
        const stored = storedActions(actions);
        return { arn: `route/${index}`, rule, actions: stored, forward: forwardOf(stored) };
      }),
    record: (each) => void served.push(each),
    chance: () => chance,
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  let closed: Promise<unknown> | undefined;
  const close = (): Promise<unknown> => {
    closed ??= listener.close().then(() => online.close());
    return closed;
  };
  onTestFinished(async () => void (await close()));
  return {
    port: listener.port,
    close,
    connections: listener.connections,
    served,
    remove: (index: number): void => {
      const gone = known[index];
      if (gone !== undefined) present.delete(gone);
      for (const changed of changes) changed(gone?.arn ?? '');
    },
  };
};

export const forwardTo = (weights: Record<string, number>, durationSeconds?: number): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    ...(durationSeconds === undefined
      ? {}
      : { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: durationSeconds } }),
  },
});

type Answer = { status: number; headers: IncomingMessage['headers']; body: string };

export const ask = async (
  port: number,
  options: { path?: string; method?: string; headers?: Record<string, string> } = {},
  body: string | Buffer = '',
): Promise<Answer> => {
  const asked = request({ host: '127.0.0.1', port, agent: false, ...options });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
};
