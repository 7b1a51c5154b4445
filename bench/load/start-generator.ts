import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

/**
 * autocannon's timer for requests without an answer asks for a negative wait when it is late and the time is over
 * anyway (retimer 3.0), and Node warns of it. It is right to end at once.
 */
const EXPECTED = '--disable-warning=TimeoutNegativeWarning';

/** The load generator, in a process of its own; a rate of 0 is as fast as it is answered. */
export const startGenerator = (url: string, connections: string, rate: string): ChildProcess =>
  fork(GENERATOR, [url, connections, rate], { execArgv: [EXPECTED] });
