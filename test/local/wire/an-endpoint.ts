import { onTestFinished } from 'vitest';
import type { Sender } from '../../../aws/call.ts';
import { answerRequest } from '../../../local/wire/answer.ts';
import { listenForClients } from '../../../local/wire/server.ts';
import type { Senders, ServiceName } from '../../../local/wire/services.ts';

/** What a service was asked, and what it answers or throws. */
type Heard = { operation: string; input: unknown }[];

const NONE = Object.fromEntries(
  [
    'application-autoscaling',
    'dynamodb',
    'ec2',
    'ecr',
    'ecs',
    'elasticloadbalancing',
    'events',
    'lambda',
    'logs',
    'monitoring',
    'ssm',
    'states',
    'sts',
  ].map((name) => [name, undefined]),
) as Senders;

/** An endpoint with one service behind it. */
export const anEndpoint = async (service: ServiceName, answer: (operation: string) => unknown) => {
  const heard: Heard = [];
  const failures: unknown[] = [];
  const sender: Sender = {
    async send(command) {
      const operation = command.constructor.name.replace(/Command$/, '');
      heard.push({ operation, input: command.input });
      return answer(operation);
    },
  };
  const server = await listenForClients(
    0,
    (request, id) => answerRequest(request, { ...NONE, [service]: sender }, id),
    (error) => failures.push(error),
  );
  onTestFinished(() => server.close());
  return { endpoint: `http://127.0.0.1:${server.port}`, port: server.port, heard, failures };
};

/** Options of an SDK client that talks to it, once. */
export const clientOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  maxAttempts: 1,
});
