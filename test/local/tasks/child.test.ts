import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../../local/tasks/child.ts';

const environment = { PATH: process.env.PATH ?? '' };

const ended = (command: string[], kill?: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    let output = '';
    const child = startChild(
      command,
      { directory: '/', environment: { ...environment, GREETING: 'a b "c" $d' } },
      {
        started: () => {},
        failed: reject,
        ended: (code) => child.process.once('close', () => resolve({ code, output })),
        output: (chunk) => {
          output += chunk;
          if (kill !== undefined) child.kill(kill);
        },
      },
    );
  });

test.each([0, 3, 255])('a program ends with its own exit code: %i', async (code) => {
  expect((await ended(['node', '-e', `process.exit(${code})`])).code).toBe(code);
});

test.each([
  ['SIGTERM', 143],
  ['SIGKILL', 137],
] as const)('a program that %s ends has the code %i', async (signal, code) => {
  const script = "console.log('up'); setInterval(() => {}, 1e6)";

  expect((await ended(['node', '-e', script], signal)).code).toBe(code);
});

test('arguments and environment reach it as they are: no shell reads them', async () => {
  const script = 'console.log(JSON.stringify([process.argv[1], process.env.GREETING]))';
  const { output } = await ended(['node', '-e', script, '$(id) `id` "x" ; exit']);

  expect(JSON.parse(output)).toEqual(['$(id) `id` "x" ; exit', 'a b "c" $d']);
});

test('a program that is not there ends as a shell says it', async () => {
  expect((await ended(['no-such-program-here'])).code).toBe(127);
});

test('when we are killed without a chance to do anything, the program and what it started are killed', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const parent = spawn(process.execPath, [
    fileURLToPath(new URL('./parent.ts', import.meta.url)),
    String(port),
  ]);
  onTestFinished(() => {
    parent.kill('SIGKILL');
    server.close();
  });
  const [program] = (await once(server, 'connection')) as [Socket];
  const [grandchild] = (await once(server, 'connection')) as [Socket];
  const gone = [program, grandchild].map((socket) => {
    socket.on('error', () => {});
    socket.resume();
    return once(socket, 'close');
  });

  parent.kill('SIGKILL');

  // A connection closes with the process that holds it, and no sooner.
  await expect(Promise.all(gone)).resolves.toHaveLength(2);
});
