import { OWN_USER_AGENT } from '../core/ending/writer.ts';

/**
 * Options of an SDK client that makes one attempt, because aws/call.ts retries, and that gives up on silence: by
 * default the SDK waits for ever [fact 135]. `requestTimeout` ends when the answer begins and without
 * `throwOnRequestTimeout` only warns; `socketTimeout` ends an answer that stops half-way (@smithy/node-http-handler
 * 4.14).
 */
export const clientOptions = (
  { connectMs, answerMs }: { connectMs: number; answerMs: number },
  agents: object = {},
) => ({
  maxAttempts: 1,
  customUserAgent: OWN_USER_AGENT,
  requestHandler: {
    connectionTimeout: connectMs,
    requestTimeout: answerMs,
    socketTimeout: answerMs,

    throwOnRequestTimeout: true,
    ...agents,
  },
});
