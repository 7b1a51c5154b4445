import type { ServerResponse } from 'node:http';
import type { Logs } from '../tasks/logs.ts';

/** What `cutover local logs` reads: one JSON object a line. Not an API of AWS. */
export const LOGS_PATH = '/_local/logs';
export const LOGS_TYPE = 'application/x-ndjson';

/** Sends the lines kept so far, and with `follow` those to come until the reader leaves. */
export const sendLogs = (logs: Logs, follow: boolean, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': LOGS_TYPE });
  for (const line of logs.lines()) response.write(`${JSON.stringify(line)}\n`);
  if (!follow) return void response.end();
  response.flushHeaders();
  const stop = logs.follow((line) => {
    // A reader that does not read gets no more than this of our memory.
    if (response.writableLength < MOST_UNREAD) response.write(`${JSON.stringify(line)}\n`);
  });
  response.once('close', stop);
};

const MOST_UNREAD = 1_048_576;
