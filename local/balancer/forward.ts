import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, errors, type Pool } from 'undici';
import { writeAppCookie } from './cookies.ts';
import { isHopByHop, lowerCase } from './headers.ts';

/** What became of a request that was sent to a target. */
export type Forwarded =
  /** The target answered; `complete` unless the answer broke off in its middle. */
  | { kind: 'answered'; status: number; complete: boolean }
  /** Nobody listens there, or the connection broke before an answer began. */
  | { kind: 'refused' }
  | { kind: 'timedOut' }
  /** The client left first: 460 in the balancer's log. */
  | { kind: 'clientLeft' };

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The balancer's cookies of one answer: those that every answer has, and one beside a cookie of the application. */
export type OwnCookies = { always: readonly string[]; beside?: { name: string; address: string } };
export const NO_COOKIES: OwnCookies = { always: [] };

/** Names and values as they came, but what is between the target and us; the balancer's own cookies at the end. */
const shown = (received: readonly (Buffer | string)[], { always, beside }: OwnCookies) => {
  const kept: string[] = [];
  let length: number | undefined;
  for (let at = 0; at < received.length; at += 2) {
    const name = textOf(received[at]);
    const lower = lowerCase(name);
    if (isHopByHop(lower)) continue;
    const value = textOf(received[at + 1]);
    if (lower === 'content-length') length = Number(value);
    kept.push(name, value);
    if (beside !== undefined && lower === 'set-cookie' && value.startsWith(`${beside.name}=`))
      kept.push('Set-Cookie', writeAppCookie(beside.address, value));
  }
  for (const cookie of always) kept.push('Set-Cookie', cookie);
  return { headers: kept, length };
};

/** Header fields are bytes (RFC 9110, 5.5). */
const textOf = (part: Buffer | string | undefined): string =>
  typeof part === 'object' ? part.toString('latin1') : (part ?? '');

/** A whole answer up to here is sent in one write with its headers, which saves a tenth of what a request costs. */
const SMALL_BYTES = 8 * 1024;

/**
 * Sends a request to a target and its answer to the client as it comes. Calls `done` once; then nothing may be
 * answered but an error.
 */
export const forward = (
  request: IncomingMessage,
  response: ServerResponse,
  pool: Pool,
  headers: string[],
  cookies: OwnCookies,
  idleMs: number,
  done: (forwarded: Forwarded) => void,
): void => {
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  /** What its length is to be, where the answer has one. */
  let whole: number | undefined;
  let over = false;
  const end = (forwarded: Forwarded): void => {
    if (over) return;
    over = true;
    done(forwarded);
  };
  response.once('close', () => {
    if (response.writableFinished) return;
    end({ kind: 'clientLeft' });
    controller?.abort(new Error('the client left'));
  });

  pool.dispatch(
    {
      method: request.method as Dispatcher.HttpMethod,
      path: request.url ?? '/',
      headers,
      body: hasBody(request) ? request : null,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    },
    {
      onRequestStart: (started) => {
        controller = started;
        if (over) started.abort(new Error('the client left'));
      },
      onResponseStart: (flow, code, _received, message) => {
        // 1xx is between the target and us.
        if (code < 200) return;
        status = code;
        const { headers: own, length } = shown((flow.rawHeaders ?? []) as Buffer[], cookies);
        whole = length;
        response.writeHead(code, message ?? '', own);
      },
      onResponseData: (flow, chunk) => {
        if (chunk.length === whole && whole <= SMALL_BYTES) {
          response.end(chunk.toString('latin1'), 'latin1');
          return;
        }
        if (response.write(chunk)) return;
        flow.pause();
        response.once('drain', () => flow.resume());
      },
      onResponseEnd: () => {
        if (!response.writableEnded) response.end();
        end({ kind: 'answered', status, complete: true });
      },
      onResponseError: (_controller, error) => {
        if (status > 0) {
          // The client has to see that the answer is not whole.
          end({ kind: 'answered', status, complete: false });
          response.destroy();
          return;
        }
        const late =
          error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError;
        end({ kind: late ? 'timedOut' : 'refused' });
      },
    },
  );
};
