import { request } from 'node:http';
import { SECOND_MS } from '../../core/clock.ts';
import type { Counts, OtherClients } from './clients.types.ts';

/**
 * The clients that the load generator does not play: some open a connection for every request, some read a download
 * slowly, some keep a WebSocket open for as long as they can. Answers with what they saw when it is asked to stop.
 */

const [port = '', perSecond = '50'] = process.argv.slice(2);
const WEB_SOCKETS = 20;
const MESSAGE_EVERY_MS = 200;
const DOWNLOADS = 4;
/**
 * Read in about half a second, so that one which has begun ends long before a drain does, at any speed of the world.
 */
const DOWNLOAD_BYTES = 8_000_000;
const READ_EVERY_MS = 5;
const BETWEEN_MS = 100;
/** As the load generator does, these clients send less when answers come late: a busy machine is no failure. */
const MOST_OPEN = 64;

const counts = (): Counts => ({ sent: 0, good: 0, bad: 0 });
const seen: OtherClients = {
  reasons: {},
  single: counts(),
  downloads: counts(),
  webSockets: { ...counts(), closed: [] },
};
let stopping = false;

/** Calls `ended` once, without a reason when a whole 2xx answer arrived. */
const ask = (path: string, slowly: boolean, ended: (reason: string) => void): void => {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, headers: { connection: 'close' } });
  let over = false;
  const end = (reason: string): void => {
    if (!over) ended(reason);
    over = true;
  };
  const broken = (error: NodeJS.ErrnoException): void => end(error.code ?? error.message);
  asked.once('response', (response) => {
    response.on('data', () => {
      if (!slowly) return;
      response.pause();
      setTimeout(() => response.resume(), READ_EVERY_MS);
    });
    response.once('end', () => end(response.statusCode === 200 ? '' : `${response.statusCode}`));
    response.once('error', broken);
  });
  asked.on('error', broken);
  asked.end();
};

const counted = (into: Counts, path: string, slowly: boolean, then = (): void => {}): void => {
  into.sent += 1;
  ask(path, slowly, (reason) => {
    into[reason === '' ? 'good' : 'bad'] += 1;
    if (reason !== '') seen.reasons[reason] = (seen.reasons[reason] ?? 0) + 1;
    then();
  });
};

const download = (): void => {
  if (stopping) return;
  counted(seen.downloads, `/download?bytes=${DOWNLOAD_BYTES}`, true, () => setTimeout(download, BETWEEN_MS));
};

/** Greeted with the version that it is connected to; every message has to come back. */
const webSocket = (): void => {
  if (stopping) return;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
  const { webSockets } = seen;
  let version = '';
  let waiting = '';
  const say = setInterval(() => {
    if (version === '' || waiting !== '' || stopping) return;
    webSockets.sent += 1;
    waiting = `message ${webSockets.sent}`;
    socket.send(waiting);
  }, MESSAGE_EVERY_MS);
  socket.addEventListener('message', ({ data }) => {
    if (version === '') version = String(data);
    else {
      webSockets[data === waiting ? 'good' : 'bad'] += 1;
      waiting = '';
    }
  });
  socket.addEventListener('close', () => {
    clearInterval(say);
    if (stopping) return;
    webSockets.closed.push({ version, atMs: Date.now() });
    setTimeout(webSocket, BETWEEN_MS);
  });
  closing.push(() => socket.close());
};
const closing: (() => void)[] = [];

for (let count = 0; count < WEB_SOCKETS; count += 1) webSocket();
for (let count = 0; count < DOWNLOADS; count += 1) download();
const single = setInterval(
  () => {
    const { sent, good, bad } = seen.single;
    if (sent - good - bad < MOST_OPEN) counted(seen.single, '/api/version', false);
  },
  SECOND_MS / Math.max(1, Number(perSecond)),
);

const isQuiet = (): boolean =>
  [seen.single, seen.downloads].every(({ sent, good, bad }) => sent === good + bad);
process.once('message', () => {
  stopping = true;
  clearInterval(single);
  for (const close of closing) close();
  const answer = setInterval(() => {
    if (!isQuiet()) return;
    clearInterval(answer);
    process.send?.(seen, () => process.exit(0));
  }, SECOND_MS / 20);
});
