import type { TaskDefinitionDocument } from '../core/plan/task-definition-document.ts';

/** The part of an SDK command that middleware is added to; a simulated client runs none. */
type Commanded = {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>,
      options: object,
    ): void;
  };
};

type Answer = { response?: { body?: AsyncIterable<Uint8Array> | Uint8Array } };

/**
 * Members that are newer than this SDK are in ECS's answer and lost in the SDK's: the JSON is kept beside it, so that
 * a revision with another image differs in nothing else. Undefined until an answer came over a wire.
 */
export const keepAnswer = (command: Commanded): (() => { [member: string]: unknown } | undefined) => {
  let kept: { [member: string]: unknown } | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = (await next(args)) as Answer;
      const { response } = result;
      if (response?.body === undefined) return result;
      const body = await bytesOf(response.body);
      response.body = body;
      kept = parsed(body);
      return result;
    },
    // Nearer to the wire than the SDK's own reader.
    { step: 'deserialize', priority: 'low', name: 'keepAnswer' },
  );
  return () => kept;
};

/** Sends the document as it is, where the SDK would leave out what it does not know. */
export const sendAsItIs = (command: Commanded, document: TaskDefinitionDocument): void =>
  command.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args as { request: { body?: unknown } };
      request.body = JSON.stringify(document);
      return next(args);
    },
    // Before the length is counted and the request is signed.
    { step: 'build', priority: 'high', name: 'sendAsItIs' },
  );

const bytesOf = async (body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** An answer that is no JSON is the SDK's to explain. */
const parsed = (body: Uint8Array): { [member: string]: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
