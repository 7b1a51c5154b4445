import type { Sender } from '../../aws/call.ts';
import type { Clients } from '../../aws/clients.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { aSimulatedAccount } from '../cli/a-simulated-account.ts';
import { readAwsLine, shellWords } from './cli-line.ts';

/**
 * Sent to a simulated account, or only read by the API's model: the simulator has no such call, or not with these
 * members.
 */
type Pasted = { how: 'ran' | 'read'; operation: string; problems: string[] };

/** The CLI's names of services, and the clients that a simulated account has for them. */
const clientOf: Record<string, keyof Clients> = {
  'application-autoscaling': 'applicationAutoScaling',
  cloudwatch: 'cloudWatch',
  dynamodb: 'dynamoDb',
  ec2: 'ec2',
  ecr: 'ecr',
  ecs: 'ecs',
  elbv2: 'elbv2',
  lambda: 'lambda',
  ssm: 'ssm',
  stepfunctions: 'stepFunctions',
};

/** What a person fills in, where a message has no name to give. */
const PLACEHOLDERS: Record<string, string> = { FAMILY: 'shop' };

export const pasteAws = async (line: string, world: WorldSeed): Promise<Pasted> => {
  const { words, problems: ofShell } = shellWords(line);
  const { service, operation, input, problems } = readAwsLine(
    words.map((word) => PLACEHOLDERS[word] ?? word),
  );
  const named = `${service} ${operation ?? 'wait'}`;
  const wrong = [...ofShell, ...problems.map((problem) => `${line}: ${problem}`)];
  const key = clientOf[service];
  if (wrong.length > 0 || operation === null || key === undefined)
    return { how: 'read', operation: named, problems: wrong };

  const account = await aSimulatedAccount({ world });
  const clients = account.hostFor(new AbortController().signal).clients({} as never);
  const client: Sender | undefined = clients[key];
  if (client === undefined) return { how: 'read', operation: named, problems: [] };
  try {
    // The simulated services read an SDK command's schema for its operation.
    const answer = client.send({ schema: [9, '', operation], input } as never);
    let ended = false;
    const settle = () => {
      ended = true;
    };
    answer.then(settle, settle);
    await account.until(() => ended);
    await answer;
    return { how: 'ran', operation: named, problems: [] };
  } catch (error) {
    const { name, message } = error as Error;
    if (/^sim does not model |^UnauthorizedOperation$/.test(message) || name === 'UnauthorizedOperation')
      return { how: 'read', operation: named, problems: [] };
    return { how: 'ran', operation: named, problems: [`${line}: ${name} ${message}`] };
  }
};
