import { spawnSync } from 'node:child_process';
import type { Sender } from '../../aws/call.ts';
import type { Clients } from '../../aws/clients.ts';
import type { WorldSeed } from '../../sim/parts.types.ts';
import { aSimulatedAccount, type SimulatedAccount } from '../cli/a-simulated-account.ts';
import { pipeline, readAwsLine, shellWords } from './cli-line.ts';

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

/** One call as a client of the account makes it; the simulated services read an SDK command's schema for its operation. */
export const send = async (
  account: SimulatedAccount,
  service: keyof Clients,
  operation: string,
  input: object,
): Promise<unknown> => {
  const client: Sender | undefined = account.hostFor(new AbortController().signal).clients({} as never)[
    service
  ];
  const answer = client?.send({ schema: [9, '', operation], input } as never);
  let ended = false;
  const settle = () => {
    ended = true;
  };
  answer?.then(settle, settle);
  await account.until(() => ended);
  return answer;
};

/** `Rules[0].Actions`: what the printed commands ask for of an answer, of all that JMESPath can. */
const queried = (answer: unknown, query: string | undefined): unknown =>
  (query?.match(/\w+/g) ?? []).reduce<unknown>(
    (value, name) => (value as Record<string, unknown>)?.[name],
    answer,
  );

/** A line as a shell runs it in this account: calls of AWS, and `jq` between them. */
export const paste = async (account: SimulatedAccount, line: string): Promise<Pasted> => {
  let flows = '';
  let last: Pasted = { how: 'read', operation: '', problems: [] };
  for (const part of pipeline(line)) {
    if (part.startsWith('jq ')) {
      const { stdout, stderr } = spawnSync('bash', ['-c', part], { input: flows, encoding: 'utf8' });
      if (stderr !== '') return { how: 'ran', operation: 'jq', problems: [`${line}: ${stderr}`] };
      flows = stdout;
      continue;
    }
    const words = part.replace('file:///dev/stdin', `'${flows.trim()}'`);
    const { answer, ...pasted } = await pasteOne(account, words);
    last = pasted;
    if (pasted.problems.length > 0) return pasted;
    const query = /--query '([^']*)'/.exec(part)?.[1];
    flows = JSON.stringify(queried(answer, query) ?? null);
  }
  return last;
};

export const pasteAws = async (line: string, world: WorldSeed): Promise<Pasted> =>
  paste(await aSimulatedAccount({ world }), line);

const pasteOne = async (account: SimulatedAccount, line: string): Promise<Pasted & { answer?: unknown }> => {
  const { words, problems: ofShell } = shellWords(line);
  const { service, operation, input, problems } = readAwsLine(
    words.map((word) => PLACEHOLDERS[word] ?? word),
  );
  const named = `${service} ${operation ?? 'wait'}`;
  const wrong = [...ofShell, ...problems.map((problem) => `${line}: ${problem}`)];
  const key = clientOf[service];
  if (wrong.length > 0 || operation === null || key === undefined)
    return { how: 'read', operation: named, problems: wrong };
  try {
    return { how: 'ran', operation: named, problems: [], answer: await send(account, key, operation, input) };
  } catch (error) {
    const { name, message } = error as Error;
    if (/^sim does not model |^UnauthorizedOperation$/.test(message) || name === 'UnauthorizedOperation')
      return { how: 'read', operation: named, problems: [] };
    return { how: 'ran', operation: named, problems: [`${line}: ${name} ${message}`] };
  }
};
