import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs the zip files that moto's Lambda holds, unpacked, as Lambda would: environment, an event in JSON, a context, a
 * result or an error in JSON. Started by account.ts in a process of its own; says its URL when it is ready.
 *
 * `Date.now` is ahead of the computer's clock by what virtual_clock.py has skipped. The SDK signs with `new Date()`, so
 * requests carry the real time.
 */

type Invocation = {
  code: string;
  handler: string;
  functionName: string;
  timeoutSeconds: number;
  environment: Record<string, string>;
  skippedMs: number;
  event: unknown;
};

type Handler = (event: unknown, context: object) => Promise<unknown>;

const realNow = Date.now;
let skippedMs = 0;
Date.now = () => Math.round(realNow() + skippedMs);

const loaded = new Map<string, Promise<Record<string, Handler>>>();

/** All functions share this process, so they have to agree on what its environment is. */
const enter = (environment: Record<string, string>): void => {
  for (const [name, value] of Object.entries(environment)) {
    if (loaded.size > 0 && process.env[name] !== value) {
      throw new Error(
        `expected every function to have the same ${name}, found ${process.env[name]} and ${value}`,
      );
    }
    process.env[name] = value;
  }
};

const invoke = async (invocation: Invocation): Promise<unknown> => {
  const [file = '', name = ''] = invocation.handler.split('.');
  const path = join(invocation.code, `${file}.mjs`);
  enter(invocation.environment);
  if (!loaded.has(path)) loaded.set(path, import(pathToFileURL(path).href));
  const handler = (await loaded.get(path))?.[name];
  if (handler === undefined) throw new Error(`${path} exports no ${name}`);

  const endsAtMs = realNow() + invocation.timeoutSeconds * 1_000;
  return handler(invocation.event, {
    functionName: invocation.functionName,
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => endsAtMs - realNow(),
  });
};

/** As Lambda's Node runtime words an error. */
const worded = (error: unknown) => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: [] };
};

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const invocation = JSON.parse(Buffer.concat(chunks).toString()) as Invocation;
  skippedMs = Math.max(skippedMs, invocation.skippedMs);

  const answer = await invoke(invocation).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: worded(error) }),
  );
  response.end(JSON.stringify(answer));
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  process.send?.({ url: `http://127.0.0.1:${address.port}/` });
});
process.on('disconnect', () => process.exit());
