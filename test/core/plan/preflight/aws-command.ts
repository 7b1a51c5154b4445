import * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';

/**
 * Holds an AWS CLI command to the API it calls, by the models that the SDK's clients export: the service, the
 * operation, each option, and that none that is needed is missing. The CLI's names are the API's in kebab case.
 */

const clients: Record<string, Record<string, unknown>> = {
  ecs,
  elbv2,
  cloudwatch: cloudWatch,
  ec2,
  ecr,
  'application-autoscaling': applicationAutoScaling,
};

/** Options of every command (AWS CLI reference, global options). */
const GLOBAL = ['query', 'output', 'region', 'max-items'];
/** Options that the CLI adds to these operations for a single rule (AWS CLI reference). */
const RULE_OPTIONS = ['protocol', 'port', 'source-group', 'cidr'];
const ADDED: Record<string, string[]> = {
  'ec2 authorize-security-group-ingress': RULE_OPTIONS,
  'ec2 authorize-security-group-egress': RULE_OPTIONS,
  'ec2 revoke-security-group-ingress': RULE_OPTIONS,
};

/** Options that the API's model calls optional and the service refuses to be without [fact 27]. */
const NEEDED_ALL_THE_SAME: Record<string, string[]> = { 'ecs describe-task-sets': ['task-sets'] };

const pascal = (kebab: string): string =>
  kebab.replace(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());
const bare = (name: string): string => name.replaceAll('-', '').toLowerCase();

/** Words as a shell makes them; what only a shell would understand is a problem of its own. */
export const shellWords = (line: string): { words: string[]; problems: string[] } => {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word);
  const unquoted = line.replace(/'[^']*'|"[^"$`]*"/g, '');
  const special = unquoted.match(/[<>|&;*?$`(){}[\]!#~\\'"]/g) ?? [];
  return {
    words: words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one = '', two = '') => one + two)),
    problems: special.length === 0 ? [] : [`${line}: ${special.join(' ')} outside of quotes`],
  };
};

/**
 * Members of an operation's input, the needed ones first (the SDK's schemas: [3, namespace, name, traits, names,
 * types, needed]).
 */
const inputOf = (client: Record<string, unknown>, operation: string) => {
  const schema = client[`${operation}$`] as unknown[] | undefined;
  if (schema === undefined || client[`${operation}Command`] === undefined) return null;
  const input = schema[4];
  const [, , , , names = [], , needed = 0] = (typeof input === 'function' ? input() : input) as [
    number,
    string,
    string,
    unknown,
    string[]?,
    unknown?,
    number?,
  ];
  return { names, needed: names.slice(0, needed) };
};

export const commandProblems = (words: readonly string[]): string[] => {
  const [program, service = '', operation = '', ...rest] = words;
  const line = words.join(' ');
  if (program !== 'aws') return [`${line}: expected aws`];
  const client = clients[service];
  if (client === undefined) return [`${line}: no service ${service}`];
  const given = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  if (operation === 'wait') {
    const waits = client[`waitUntil${pascal(rest[0] ?? '')}`] !== undefined;
    return waits ? [] : [`${line}: no waiter ${rest[0]}`];
  }
  const input = inputOf(client, pascal(operation));
  if (input === null) return [`${line}: no operation ${operation}`];

  const added = ADDED[`${service} ${operation}`] ?? [];
  const known = input.names.map(bare);
  const unknown = given.filter(
    (option) =>
      !GLOBAL.includes(option) &&
      !added.includes(option) &&
      !known.includes(bare(option)) &&
      !known.includes(bare(option.replace(/^no-/, ''))),
  );
  const missing = input.needed.filter(
    (name) => !given.some((option) => [bare(name), `no${bare(name)}`].includes(bare(option))),
  );
  return [
    ...unknown.map((option) => `${line}: no option --${option}`),
    ...(NEEDED_ALL_THE_SAME[`${service} ${operation}`] ?? [])
      .filter((option) => !given.includes(option))
      .map((option) => `${line}: the service refuses it without --${option}`),
    ...missing.map((name) => `${line}: ${name} is missing`),
    // A query is JMESPath.
    ...rest.flatMap((word, index) =>
      /^[[{]/.test(word) && rest[index - 1] !== '--query' && !isJson(word)
        ? [`${line}: no JSON: ${word}`]
        : [],
    ),
  ];
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
