import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { cutover } from './a-terminal.ts';

/** Answers each connection's first bytes. */
const aServer = async (answer: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => socket.once('data', () => answer(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

const aBusyPort = (): Promise<number> => aServer(() => {});

test.each([
  [['--speed', '31'], '--speed: expected a number from 1 to 30, found "31"'],
  [['--speed', 'fast'], '--speed: expected a number from 1 to 30, found "fast"'],
  [['--port', '70000'], '--port: expected a number from 1 to 65000, found "70000"'],
  [['--inject', 'meteor'], '--inject: not every fault can be read'],
  [['--inject', 'alarm:Nope@+1m'], 'shop-users-suffer), found "Nope"'],
  [['--inject', 'pause@state:Bakee'], 'did you mean state:Bake?'],
  [['--inject', 'lost:ecs:CreateTaskSett'], 'did you mean CreateTaskSet?'],
  [['--inject', 'load:2x@+1m'], 'found one of its users, whose requests are real here'],
  [['stop'], 'error: expected nothing or "logs", found stop'],
])('%j is refused', async (words, message) => {
  const { code, err } = await cutover(['local', ...words]);

  expect(code).toBe(1);
  expect(err.replace(/\s+/g, ' ')).toContain(message);
});

test('a world that names no programs is refused with the file to write', async () => {
  const directory = aDirectory('local');
  writeFileSync(join(directory, 'world.json'), '{}');
  const { code, err } = await cutover(['local', '--world', join(directory, 'world.json')]);

  expect(code).toBe(1);
  expect(err.replace(/\s+/g, ' ')).toContain(
    'local.json: expected a file that maps images to programs, found nothing there',
  );
});

test('a port that somebody listens at is named', async () => {
  const port = await aBusyPort();
  const { code, err } = await cutover(['local', '--port', String(port)]);

  expect(code).toBe(1);
  expect(err).toContain(`expected port ${port} to be free`);
});

test('logs of no world say where they were searched for', async () => {
  const { code, err } = await cutover(['local', 'logs', '--port', '1']);

  expect(code).toBe(1);
  expect(err).toContain('expected a local world at port 1, found nobody');
});

test.each([
  ['another HTTP server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
  ['something that speaks no HTTP', 'hello\r\n'],
])('%s is no local world', async (found, answer) => {
  const port = await aServer((socket) => void socket.end(answer));
  const { code, err } = await cutover(['local', 'logs', '--port', String(port)]);

  expect(code).toBe(1);
  expect(err).toContain(`expected a local world at port ${port}, found ${found}`);
});

test('a world that ends while its logs are followed is no failure', async () => {
  const line = { number: 0, atMs: 0, group: 'g', stream: 's', task: 'abc', version: '1.0', line: 'serves' };
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n';
  const text = `${JSON.stringify(line)}\n`;
  const port = await aServer((socket) =>
    socket.write(`${head}${text.length.toString(16)}\r\n${text}\r\n`, () => socket.destroySoon()),
  );
  const { code, out, err } = await cutover(['local', 'logs', '--follow', '--port', String(port)]);

  expect({ code, err }).toEqual({ code: 0, err: 'the world has ended\n' });
  expect(out).toBe('00:00:00.000  abc 1.0        serves\n');
});
