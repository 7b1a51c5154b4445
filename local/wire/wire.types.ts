import type { OperationSchema, ServiceModel } from './services.ts';

/** What arrived, read whole. Header names are in lower case. */
export type WireRequest = {
  method: string;
  path: string;
  /** What follows the `?` of the URL. */
  search?: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
};

export type WireAnswer = { status: number; headers: Record<string, string>; body: string | Uint8Array };

/** An error as clients of AWS read it. */
export type WireError = {
  /** The SDK's name of it, such as `TargetGroupNotFoundException`. */
  name: string;
  message: string;
  status: number;
};

/** One way in which AWS's clients write requests and read answers. */
export type WireProtocol = {
  /** The operation that is asked for. */
  operationIn(request: WireRequest): string;
  /** @throws what the codec throws for a body that is malformed. */
  read(request: WireRequest, operation: OperationSchema): object;
  write(model: ServiceModel, operation: OperationSchema, output: object, requestId: string): WireAnswer;
  writeError(
    model: ServiceModel | undefined,
    error: WireError,
    requestId: string,
    request: WireRequest,
  ): WireAnswer;
};
