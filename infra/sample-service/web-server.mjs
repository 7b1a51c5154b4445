// What the sample service runs: a page that says which version answered, a health check, and a WebSocket that
// says the same. It comes with the task definition, so the sample needs no image of its own. No template
// literals: their dollar sign and braces would be CloudFormation's.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const { VERSION = 'unknown', PORT = '8080' } = process.env;
const answer = 'version '.concat(VERSION, '\n');

const server = createServer((request, response) => {
  const healthCheck = request.url === '/health';
  response.writeHead(200, { 'content-type': 'text/plain', 'x-version': VERSION });
  response.end(healthCheck ? 'ok\n' : answer);
});

const CLOSE_FRAME = Buffer.from([0x88, 0]);
const sockets = new Set();

// A handshake and one text frame (RFC 6455): enough to see which version a long-lived connection is with.
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1')
    .update(key)
    .update('258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
    .digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write([...head, 'Sec-WebSocket-Accept: '.concat(accept), '', ''].join('\r\n'));
  socket.write(Buffer.concat([Buffer.from([0x81, answer.length]), Buffer.from(answer)]));

  sockets.add(socket);
  socket.on('data', ([firstByte]) => firstByte === CLOSE_FRAME[0] && socket.end(CLOSE_FRAME));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
});

// ECS says SIGTERM after the load balancer has drained the target: finish what is in flight, take nothing
// new, and let clients with a WebSocket connect again, to a task that stays.
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  for (const socket of sockets) socket.end(CLOSE_FRAME);
});

server.listen(Number(PORT), () => console.log('version', VERSION, 'listens on', server.address().port));
