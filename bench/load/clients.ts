import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Result } from 'autocannon';
import type { OtherClients } from './clients.types.ts';
import { startGenerator } from './start-generator.ts';

type Answers = { generator: Result; others: OtherClients };

const OTHER_CLIENTS = fileURLToPath(new URL('./other-clients.ts', import.meta.url));

const answerOf = async (child: ChildProcess): Promise<unknown> => {
  child.send('stop');
  const [answer] = await once(child, 'message');
  return answer;
};

/**
 * Starts all clients, in processes of their own, so that they measure from outside; what it answers stops them and
 * gives their counts.
 */
export const startClients = (
  port: number,
  { connections, rate }: { connections: string; rate: string },
): (() => Promise<Answers>) => {
  const generator = startGenerator(`http://127.0.0.1:${port}/api/version`, connections, rate);
  const others = fork(OTHER_CLIENTS, [String(port)]);
  return async () => {
    const [first, second] = await Promise.all([answerOf(generator), answerOf(others)]);
    return { generator: first as Result, others: second as OtherClients };
  };
};
