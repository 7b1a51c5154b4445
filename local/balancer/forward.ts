import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, errors, type Pool } from 'undici';
import { isHopByHop } from './headers.ts';

/** What became of a request that was sent to a target. */
export type Forwarded =
  /** The target answered; `complete` unless the answer broke off in its middle. */
  | { kind: 'answered'; status: number; complete: boolean }
  /** Nobody listens there, or the connection broke before an answer began. */
  | { kind: 'refused' }
  | { kind: 'timedOut' }
  /** The client left first: 460 in the balancer's log. */
  | { kind: 'clientLeft' };

type HeaderMap = Record<string, string | string[] | undefined>;

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const shown = (headers: HeaderMap, cookies: readonly string[]): HeaderMap => {
  const kept: HeaderMap = {};
  for (const name of Object.keys(headers)) if (!isHopByHop(name)) kept[name] = headers[name];
  if (cookies.length > 0) kept['set-cookie'] = [...[kept['set-cookie'] ?? []].flat(), ...cookies];
  return kept;
};

/**
 * Sends a request to a target and its answer to the client as it comes. Calls `done` once; then nothing may be
 * answered but an error.
 */
export const forward = (
  request: IncomingMessage,
  response: ServerResponse,
  pool: Pool,
  headers: string[],
  cookies: readonly string[],
  idleMs: number,
  done: (forwarded: Forwarded) => void,
): void => {
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
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
      onResponseStart: (_controller, code, received, message) => {
        // 1xx is between the target and us.
        if (code < 200) return;
        status = code;
        response.writeHead(code, message ?? '', shown(received as HeaderMap, cookies));
      },
      onResponseData: (flow, chunk) => {
        if (response.write(chunk)) return;
        flow.pause();
        response.once('drain', () => flow.resume());
      },
      onResponseEnd: () => {
        response.end();
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
