import * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as dynamoDb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as stepFunctions from '@aws-sdk/client-sfn';
import * as ssm from '@aws-sdk/client-ssm';
import { NormalizedSchema } from '@smithy/core/schema';
import { readShorthand } from './shorthand.ts';

/**
 * Reads an AWS CLI command as the CLI does: by the API's model, which the SDK's clients export. The CLI's names are
 * the API's in kebab case; a list is several words; a structure is JSON or shorthand.
 */

const clients: Record<string, Record<string, unknown>> = {
  'application-autoscaling': applicationAutoScaling,
  cloudwatch: cloudWatch,
  dynamodb: dynamoDb,
  ec2,
  ecr,
  ecs,
  elbv2,
  events: eventBridge,
  lambda,
  ssm,
  stepfunctions: stepFunctions,
};

/**
 * Options of every command that take a value, and that the CLI adds to what it pages (AWS CLI reference, global
 * options).
 */
const GLOBAL = ['query', 'output', 'region', 'max-items'];

/** Options that the CLI adds to these operations for a single rule (AWS CLI reference). */
const RULE_OPTIONS = ['protocol', 'port', 'source-group', 'cidr'];
const ADDED: Record<string, readonly string[]> = {
  'ec2 authorize-security-group-ingress': RULE_OPTIONS,
  'ec2 authorize-security-group-egress': RULE_OPTIONS,
  'ec2 revoke-security-group-ingress': RULE_OPTIONS,
};

/** Options that the API's model calls optional and the service refuses to be without [fact 27]. */
const NEEDED_ALL_THE_SAME: Record<string, readonly string[]> = { 'ecs describe-task-sets': ['taskSets'] };

type Read = {
  service: string;
  /** `ModifyRule`; null of a waiter. */
  operation: string | null;
  input: Record<string, unknown>;
  problems: string[];
};

const pascal = (kebab: string): string =>
  kebab.replace(/(?:^|-)([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const bare = (name: string): string => name.replaceAll('-', '').toLowerCase();

/** Words as a shell makes them; what only a shell would understand is a problem of its own. */
export const shellWords = (line: string): { words: string[]; problems: string[] } => {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|\\'|[^\s'"\\])+/g)].map(([word]) => word);
  const unquoted = line.replace(/'[^']*'(\\'(?='))?|"[^"$`]*"/g, '');
  const special = unquoted.match(/[<>|&;*?$`(){}[\]!#~\\'"]/g) ?? [];
  return {
    words: words.map((word) =>
      word.replace(/\\'|'([^']*)'|"([^"]*)"/g, (all, one = '', two = '') =>
        all === "\\'" ? "'" : one + two,
      ),
    ),
    problems: special.length === 0 ? [] : [`${line}: ${special.join(' ')} outside of quotes`],
  };
};

type Option = { name: string; values: string[] };

const optionsOf = (words: readonly string[]): Option[] =>
  words.reduce<Option[]>((found, word) => {
    const last = found.at(-1);
    if (word.startsWith('--')) found.push({ name: word.slice(2), values: [] });
    else last?.values.push(word);
    return found;
  }, []);

/**
 * An operation's input: [9, namespace, name, traits, input, output]; a structure lists its needed members first and
 * counts them.
 */
const inputOf = (client: Record<string, unknown>, operation: string) => {
  const schema = client[`${operation}$`] as unknown[] | undefined;
  if (schema?.[0] !== 9 || client[`${operation}Command`] === undefined) return null;
  const raw = schema[4];
  const input = (typeof raw === 'function' ? raw() : raw) as [
    number,
    string,
    string,
    unknown,
    string[]?,
    unknown?,
    number?,
  ];
  const [, , , , names = [], , needed = 0] = input;
  return { schema: NormalizedSchema.of(input as never), names, needed: names.slice(0, needed) };
};

const scalar = (schema: NormalizedSchema, text: string): unknown => {
  if (schema.isNumericSchema()) {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(`no number: ${text}`);
    return Number(text);
  }
  if (schema.isBooleanSchema()) {
    if (!/^(true|false)$/i.test(text)) throw new Error(`no boolean: ${text}`);
    return text.toLowerCase() === 'true';
  }
  if (schema.isTimestampSchema()) return new Date(text);
  return text;
};

/** A value that JSON or shorthand gave, held to its schema: no member that it does not have, and of the right kinds. */
const shaped = (schema: NormalizedSchema, value: unknown): unknown => {
  if (schema.isStructSchema()) {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw new Error(`no structure: ${JSON.stringify(value)}`);
    const members = new Map([...schema.structIterator()]);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const known = members.get(name);
        if (known === undefined)
          throw new Error(`no member ${name}; there are ${[...members.keys()].join(', ')}`);
        return [name, shaped(known, member)];
      }),
    );
  }
  if (schema.isListSchema()) {
    const all = Array.isArray(value) ? value : [value];
    return all.map((item) => shaped(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema()) return value;
  if (typeof value === 'object') throw new Error(`no single value: ${JSON.stringify(value)}`);
  return typeof value === 'string' ? scalar(schema, value) : value;
};

const isJson = (text: string): boolean => /^[[{]/.test(text);

const readOption = (schema: NormalizedSchema, { name, values }: Option): unknown => {
  const [first = '', ...others] = values;
  if (first.startsWith('file://')) return first;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    if (isJson(first)) return shaped(schema, JSON.parse(first));
    return values.map((word) => shaped(item, item.isStructSchema() ? readShorthand(word) : word));
  }
  if (others.length > 0) throw new Error(`one value, found ${values.join(' ')}`);
  if (schema.isStructSchema() || schema.isMapSchema()) {
    return shaped(schema, isJson(first) ? JSON.parse(first) : readShorthand(first));
  }
  if (schema.isBooleanSchema() && values.length === 0) return !name.startsWith('no-');
  if (values.length === 0) throw new Error('no value');
  return scalar(schema, first);
};

/** Every reason why the CLI, or the shell before it, would not take a line. */
export const lineProblems = (line: string): string[] =>
  pipeline(line).flatMap((part) => {
    const { words, problems } = shellWords(part);
    if (words[0] === 'jq') return problems;
    return [...problems, ...readAwsLine(words).problems.map((problem) => `${part}: ${problem}`)];
  });

/** The parts of a line between its pipes. */
export const pipeline = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^|'"])+/g)].map(([part]) => part.trim());

/** What the CLI would send, and each reason why it would not. */
export const readAwsLine = (words: readonly string[]): Read => {
  const [program, service = '', verb = '', ...rest] = words;
  const problems: string[] = [];
  const input: Record<string, unknown> = {};
  const read = { service, operation: null, input, problems };
  const client = clients[service];
  if (program !== 'aws' || client === undefined) return { ...read, problems: [`no service ${service}`] };
  if (verb === 'wait') {
    const waits = client[`waitUntil${pascal(rest[0] ?? '')}`] !== undefined;
    return { ...read, problems: waits ? [] : [`no waiter ${rest[0]}`] };
  }
  const operation = pascal(verb);
  const model = inputOf(client, operation);
  if (model === null) return { ...read, problems: [`no operation ${verb}`] };

  const added = ADDED[`${service} ${verb}`] ?? [];
  for (const option of optionsOf(rest)) {
    if (GLOBAL.includes(option.name)) {
      if (option.values.length !== 1) problems.push(`--${option.name} takes one value`);
      continue;
    }
    if (added.includes(option.name)) continue;
    const named = (wanted: string) => model.names.find((name) => bare(name) === bare(wanted));
    const member = named(option.name) ?? named(option.name.replace(/^no-/, ''));
    if (member === undefined) {
      problems.push(`no option --${option.name}`);
      continue;
    }
    try {
      const schema = [...model.schema.structIterator()].find(([name]) => name === member)?.[1];
      if (schema !== undefined) input[member] = readOption(schema, option);
    } catch (error) {
      problems.push(`--${option.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const needed = [...model.needed, ...(NEEDED_ALL_THE_SAME[`${service} ${verb}`] ?? [])];
  for (const name of needed) if (input[name] === undefined) problems.push(`${name} is missing`);
  return { service, operation, input, problems };
};
