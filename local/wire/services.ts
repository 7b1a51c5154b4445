import type { Sender } from '../../aws/call.ts';

/**
 * The services of a world, each with the simulated API behind it. Undefined: the world does not describe what it
 * reads.
 */
export type Senders = Record<ServiceName, Sender | undefined>;

/** By the name that requests are signed for, which every client and every protocol sends. */
const sdks = {
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  dynamodb: () => import('@aws-sdk/client-dynamodb'),
  ec2: () => import('./ec2.ts'),
  ecr: () => import('@aws-sdk/client-ecr'),
  ecs: () => import('@aws-sdk/client-ecs'),
  elasticloadbalancing: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  events: () => import('@aws-sdk/client-eventbridge'),
  monitoring: () => import('@aws-sdk/client-cloudwatch'),
  ssm: () => import('./ssm.ts'),
  states: () => import('@aws-sdk/client-sfn'),
  sts: () => import('@aws-sdk/client-sts'),
};

/** Spoken without an SDK: Lambda's Invoke is REST, and the members of CloudWatch Logs are what JSON has. */
const WITHOUT_SDK = ['lambda', 'logs'] as const;

/** Of these only what a world serves is here, so what is not found may well be an operation of AWS. */
const IN_PART: readonly string[] = ['ec2', 'ssm'];

type ModelledService = keyof typeof sdks;
export type ServiceName = ModelledService | (typeof WITHOUT_SDK)[number];

export const isModelled = (name: ServiceName): name is ModelledService => Object.hasOwn(sdks, name);

export const serviceNamed = (name: string): ServiceName | undefined =>
  Object.hasOwn(sdks, name) || WITHOUT_SDK.some((each) => each === name) ? (name as ServiceName) : undefined;

/** What an SDK module exports of an operation: its input and output, as schemas of @smithy/core. */
export type OperationSchema = { name: string; input: unknown; output: unknown };

export type ServiceModel = {
  service: ServiceName;
  /** Not all of the service's operations are known. */
  inPart: boolean;
  operation(name: string): OperationSchema | undefined;
  /** The schema of an error's name. */
  error(name: string): unknown;
  xmlNamespace: string;
  /** Its JSON and CBOR clients expect a code of the query protocol beside the error's name. */
  queryCompatible: boolean;
};

type ProtocolSettings = { xmlNamespace?: string; awsQueryCompatible?: boolean };
type ClientConstructor = new (options: object) => { config: { protocolSettings: ProtocolSettings } };

const models = new Map<ModelledService, Promise<ServiceModel>>();

/** Loaded at a service's first request: a client takes about 50 ms to load. */
export const modelOf = (service: ModelledService): Promise<ServiceModel> => {
  const known = models.get(service);
  if (known !== undefined) return known;
  const loading = sdks[service]().then((sdk) => modelFrom(service, sdk));
  models.set(service, loading);
  return loading;
};

const modelFrom = (service: ModelledService, sdk: object): ServiceModel => {
  const exported = new Map(Object.entries(sdk));
  const [, Client] = [...exported].find(([name]) => name.endsWith('Client') && name !== '__Client') ?? [];
  const client = new (Client as ClientConstructor)({
    region: 'us-east-1',
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
  });
  const { xmlNamespace = '', awsQueryCompatible = false } = client.config.protocolSettings;
  return {
    service,
    inPart: IN_PART.includes(service),
    operation: (name) => {
      const schema = exported.get(`${name}$`) as unknown[] | undefined;
      // [9, namespace, name, traits, input, output] is an operation of @smithy/core/schema.
      if (!Array.isArray(schema) || schema[0] !== 9) return undefined;
      return { name, input: resolved(schema[4]), output: resolved(schema[5]) };
    },
    error: (name) => exported.get(`${name}$`),
    xmlNamespace,
    queryCompatible: awsQueryCompatible,
  };
};

/** Schemas name each other by functions, because they may be circular. */
const resolved = (schema: unknown): unknown => (typeof schema === 'function' ? schema() : schema);
