import type { IncomingMessage } from 'node:http';
import { lowerCase } from './headers.ts';

const ABSOLUTE = /^https?:\/\/([^/?#]+)([^#]*)/i;

/**
 * A request may name its target in full (RFC 9112, 3.2.2): rules and targets then get the path alone, and its host in
 * place of the Host header's, so that no rule is passed by under another name.
 */
export const toOriginForm = (request: IncomingMessage): void => {
  const [, host, rest = ''] = ABSOLUTE.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = host;
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (lowerCase(rawHeaders[at] ?? '') === 'host') rawHeaders[at + 1] = host;
};
