import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aDirectory } from '../a-directory.ts';
import { cutover } from './a-terminal.ts';

const aBusyPort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

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
