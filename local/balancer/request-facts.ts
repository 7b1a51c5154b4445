import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from './conditions.ts';
import { clientAddress } from './headers.ts';

/**
 * What a rule may ask of a request, computed when one asks. A class, because V8 makes an object literal with getters anew
 * for each request, at many times the price.
 */
export class FactsOfRequest implements RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly #request: IncomingMessage;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage) {
    const { url = '/', headers, method = 'GET' } = request;
    const at = url.indexOf('?');
    this.#request = request;
    this.method = method;
    this.path = at < 0 ? url : url.slice(0, at);
    this.headers = headers;
  }

  get host(): string {
    return (this.headers.host ?? '').replace(/:\d+$/, '');
  }

  get query(): URLSearchParams {
    const { url = '/' } = this.#request;
    this.#query ??= new URLSearchParams(url.slice(this.path.length));
    return this.#query;
  }

  get sourceIp(): string {
    return clientAddress(this.#request);
  }
}
