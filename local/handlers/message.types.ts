/** What passes between the world and the process in which the handlers run. */

export type Invocation = {
  id: number;
  /** The step or event handler. */
  name: string;
  payload: unknown;
  requestId: string;
  /** As Lambda sets it: the handler's calls carry it, so that the world knows whose they are. */
  traceId: string;
  /** On the world's clock. */
  endsAtMs: number;
};

export type InvocationAnswer =
  | { id: number; ok: true; result: unknown }
  | { id: number; ok: false; error: { name: string; message: string } };
