// The sample shop, as a program: what the containers of examples/shop run in `cutover local`.
// PORT and HOST come from the task, the others from world/local.json.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const {
  PORT = '8080',
  HOST = '127.0.0.1',
  VERSION = 'unknown',
  ERROR_PERCENT = '0',
  HEALTH_STATUS = '200',
} = process.env;
const page = readFileSync(new URL('./page.html', import.meta.url));

let answered = 0;
let broken = 0;

const json = (response, status, value) => {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
};

/** So many bytes, as fast as the reader takes them. */
const stream = (response, bytes) => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!response.write(part)) return response.once('drain', more);
    }
    response.end();
  };
  more();
};

const count = async (request, response) => {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  json(response, 200, { version: VERSION, bytes });
};

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const url = new URL(request.url, 'http://shop');
  if (url.pathname === '/healthz') return json(response, Number(HEALTH_STATUS), { version: VERSION });
  if (url.pathname === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': page.length });
    return response.end(page);
  }
  answered += 1;
  if (Math.random() * 100 < Number(ERROR_PERCENT)) {
    broken += 1;
    return json(response, 500, { version: VERSION, error: 'broken' });
  }
  if (url.pathname === '/download')
    return stream(response, Number(url.searchParams.get('bytes') ?? 1_000_000));
  if (url.pathname === '/upload') return count(request, response);
  json(response, 200, { version: VERSION, port: Number(PORT), path: url.pathname, headers: request.headers });
});

// A WebSocket that greets with its version and sends back what it receives, frames as they are but unmasked.
server.on('upgrade', (request, socket) => {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const send = (text) => socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
  send(VERSION);
  socket.on('data', (frame) => {
    if ((frame[0] & 0x0f) === 8) return socket.end();
    const length = frame[1] & 0x7f;
    const mask = frame.subarray(2, 6);
    send(Buffer.from(frame.subarray(6, 6 + length).map((byte, at) => byte ^ mask[at % 4])).toString());
  });
  socket.on('error', () => socket.destroy());
});

server.listen(Number(PORT), HOST, () => console.log(`shop ${VERSION} listens on ${HOST}:${PORT}`));
process.on('SIGTERM', () => {
  console.log(`shop ${VERSION} ends: ${answered} requests, ${broken} of them answered with 500`);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 1_000).unref();
});
