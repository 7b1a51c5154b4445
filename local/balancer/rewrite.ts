import type { IncomingMessage } from 'node:http';
import type { RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { lowerCase } from './headers.ts';

/** The first place that the pattern matches; a text that it does not match stays (Transforms for listener rules). */
const rewritten = (text: string, config: RuleTransform['UrlRewriteConfig']): string =>
  (config?.Rewrites ?? []).reduce(
    (so, { Regex = '', Replace = '' }) => so.replace(new RegExp(Regex), Replace),
    text,
  );

/**
 * What a rule's transforms make of a request before its target gets it: they change nothing of how it was routed.
 * False: the pattern made what is no path, for which the load balancer answers 500.
 */
export const rewriteRequest = (
  request: IncomingMessage,
  transforms: readonly RuleTransform[] = [],
): boolean => {
  for (const { Type, UrlRewriteConfig, HostHeaderRewriteConfig } of transforms) {
    if (Type === 'url-rewrite') request.url = rewritten(request.url ?? '/', UrlRewriteConfig);
    if (Type === 'host-header-rewrite') rewriteHost(request, HostHeaderRewriteConfig);
  }
  return request.url?.startsWith('/') === true && !/[\s\0]/.test(request.url);
};

const rewriteHost = (
  { headers, rawHeaders }: IncomingMessage,
  config: RuleTransform['HostHeaderRewriteConfig'],
): void => {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (lowerCase(rawHeaders[at] ?? '') !== 'host') continue;
    rawHeaders[at + 1] = rewritten(rawHeaders[at + 1] ?? '', config);
    headers.host = rawHeaders[at + 1];
  }
};
