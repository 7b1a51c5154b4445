import { startChild } from '../../../local/tasks/child.ts';

/**
 * A process that starts a program, which starts another, and is then killed by the test. Both connect to the port and
 * ignore SIGTERM.
 */
const connected = `require('node:net').connect(${Number(process.argv[2])}, '127.0.0.1'); process.on('SIGTERM', () => {});`;
const script = `${connected} require('node:child_process').spawn(process.execPath, ['-e', process.argv[1]])`;

startChild(
  ['node', '-e', script, connected],
  { directory: '/', environment: { PATH: process.env.PATH ?? '' } },
  { started: () => {}, failed: (error) => console.error(error), ended: () => {}, output: () => {} },
);
setInterval(() => {}, 1_000_000);
