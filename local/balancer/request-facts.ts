import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './conditions.ts';
import { clientAddress } from './headers.ts';

/**
 * What a rule may ask of a request, computed when one asks. A class, because V8 makes an object literal with getters
 * again for each request, at many times the price.
 */
export class FactsOfRequest implements RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly #request: IncomingMessage;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage) {
    const { url = '/', method = 'GET' } = request;
    const at = url.indexOf('?');
    this.#request = request;
    this.method = method;
    this.path = at < 0 ? url : url.slice(0, at);
  }

  get headers(): RequestFacts['headers'] {
    return this.#request.headersDistinct;
  }

  get host(): string {
    return (this.#request.headers.host ?? '').replace(/:\d+$/, '');
  }

  get clientPort(): number | undefined {
    const port = /:(\d+)$/.exec(this.#request.headers.host ?? '')?.[1];
    return port === undefined ? undefined : Number(port);
  }

  get rawQuery(): string {
    return (this.#request.url ?? '/').slice(this.path.length + 1);
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.rawQuery);
    return this.#query;
  }

  get sourceIp(): string {
    return clientAddress(this.#request);
  }
}
