import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Started as the task definition does: the program as an argument. */
let server: ChildProcess;
let port = 0;

beforeAll(async () => {
  const program = readFileSync('infra/sample-service/web-server.mjs', 'utf8');
  server = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, VERSION: '7', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (server.stdout === null) throw new Error('the program has no output');
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  port = Number(/listens on (\d+)/.exec(line.toString())?.[1]);
});

afterAll(() => server.kill('SIGKILL'));

test('checklist row 24: open the address and see which version answers', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/`);

  expect(await response.text()).toBe('version 7\n');
});

test('the page that both health checks ask for answers 200', async () => {
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});

test('checklist row 21: a WebSocket gets the version that it is with', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);

  const [message] = (await once(socket, 'message')) as [MessageEvent];
  socket.close();

  expect(message.data).toBe('version 7\n');
});

test('it ends by itself when ECS asks it to, and says goodbye to open WebSockets', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(socket, 'message');

  const ends = Promise.all([once(server, 'exit'), once(socket, 'close')]);
  server.kill('SIGTERM');
  const [[code]] = await ends;

  expect(code).toBe(0);
});

test('it carries nothing that CloudFormation would read as a parameter', () => {
  expect(readFileSync('infra/sample-service/web-server.mjs', 'utf8')).not.toContain('${');
});
