import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const AGAIN_MS = 20;

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Whether somebody listens on the port before `limitMs` has passed, or waiting has become pointless. */
export const waitForPort = async (
  port: number,
  limitMs: number,
  inVain: () => boolean = () => false,
): Promise<boolean> => {
  const untilMs = Date.now() + limitMs;
  while (!(await accepts(port))) {
    if (Date.now() > untilMs || inVain()) return false;
    await setTimeout(AGAIN_MS);
  }
  return true;
};
