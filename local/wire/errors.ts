import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceModel } from './services.ts';
import type { WireError } from './wire.types.ts';

/** Refused before an API was reached: a malformed request, or one that no API here takes. */
export class RefusedRequest extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

type Traits = { awsQueryError?: [string, number]; httpError?: number };

const traitsOf = (model: ServiceModel | undefined, name: string): Traits => {
  const schema = model?.error(name);
  return Array.isArray(schema) ? (NormalizedSchema.of(schema as never).getMergedTraits() as Traits) : {};
};

/** What the simulator threw, as its API would answer. Its own sentence that it does not model something is kept. */
export const wireErrorOf = (error: unknown): WireError => {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { $metadata: metadata, status } = thrown as {
    $metadata?: { httpStatusCode?: number };
    status?: number;
  };
  const known = metadata?.httpStatusCode ?? status;
  if (known !== undefined) return { name: thrown.name, message: thrown.message, status: known };
  if (/^sim does not model /.test(thrown.message)) {
    return {
      name: 'NotImplemented',
      message:
        `This local world does not model ${thrown.message.replace(/^sim does not model /, '')}. What is ` +
        'in the world comes from its files.',
      status: 501,
    };
  }
  return { name: 'InternalFailure', message: thrown.message, status: 500 };
};

/** The code of the query protocol, which has often no `Exception` at its end, and the status that the model gives. */
export const queryCodeOf = (
  model: ServiceModel | undefined,
  { name, status }: WireError,
): { code: string; status: number } => {
  const { awsQueryError } = traitsOf(model, name);
  if (awsQueryError !== undefined) return { code: awsQueryError[0], status: awsQueryError[1] };
  return { code: name, status };
};

export const statusOf = (model: ServiceModel | undefined, { name, status }: WireError): number =>
  traitsOf(model, name).httpError ?? status;
