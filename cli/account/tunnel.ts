import { request as askHttp } from 'node:http';
import { Agent, type AgentOptions, request as askHttps } from 'node:https';
import { connect } from 'node:tls';

/** Where a request to this host goes through; null: straight. */
export type ProxyOf = (host: string, port: number) => URL | null;

type Created = NonNullable<Parameters<Agent['createConnection']>[1]>;

/**
 * HTTPS through a proxy: a tunnel that it opens to AWS when asked to CONNECT, and TLS within. Node's own agents do this
 * from 24.5 and 22.21 on; the command line runs on older ones, too.
 */
export class TunnelAgent extends Agent {
  readonly #proxyOf: ProxyOf;

  constructor(options: AgentOptions, proxyOf: ProxyOf) {
    super(options);
    this.#proxyOf = proxyOf;
  }

  override createConnection(
    options: Parameters<Agent['createConnection']>[0],
    created: Created = () => undefined,
  ): ReturnType<Agent['createConnection']> {
    const host = options.host ?? 'localhost';
    const port = Number(options.port ?? 443);
    const proxy = this.#proxyOf(host, port);
    if (proxy === null) return super.createConnection(options, created);

    const failed = created as (error: Error) => void;
    const ask = proxy.protocol === 'https:' ? askHttps : askHttp;
    const asked = ask({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: `${host}:${port}`,
      headers: { host: `${host}:${port}`, ...passwordOf(proxy) },
      agent: false,
    });
    asked.once('connect', ({ statusCode = 0, statusMessage = '' }, socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        created(null, connect({ ...(options as object), socket }));
        return;
      }
      socket.destroy();
      failed(
        Object.assign(
          new Error(`CONNECT ${host}:${port} by ${proxy.host}: HTTP ${statusCode} ${statusMessage}`.trim()),
          { code: 'ERR_PROXY_TUNNEL' },
        ),
      );
    });
    asked.once('error', failed);
    asked.end();
    return undefined;
  }
}

const passwordOf = ({ username, password }: URL): Record<string, string> => {
  if (username === '' && password === '') return {};
  const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(both).toString('base64')}` };
};
