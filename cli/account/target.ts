import { nameOf } from '../../core/deployment/service-key.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Fields } from '../../core/request/read-field.ts';
import type { Arguments, OptionSpecs } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';
import { type ConfigEntry, DEFAULT_INSTALLATION, regionOption } from './config.ts';

/** The service a command is about, and where it is. */
export type Target = {
  cluster: string;
  service: string;
  region: string | undefined;
  installation: string;
  /** What cutover.yaml says about it beside its names; empty without one. */
  fields: Fields;
  /** What names it on a command line: `shop --env production`, `production/shop`. */
  words: string;
};

/** Which installation a command is about. */
export const installationOptions = {
  region: { type: 'string', value: 'REGION', help: 'default: as for the AWS CLI' },
  installation: {
    type: 'string',
    value: 'NAME',
    help: `which Cutover of the account; default: ${DEFAULT_INSTALLATION}`,
  },
} as const satisfies OptionSpecs;

/** Options of every command that is about a service in an account. */
export const targetOptions: OptionSpecs = {
  cluster: { type: 'string', value: 'CLUSTER', help: 'name or ARN, together with --service' },
  service: { type: 'string', value: 'SERVICE', help: 'name or ARN, together with --cluster' },
  env: { type: 'string', short: 'e', value: 'NAME', help: 'which environment of cutover.yaml' },
  config: { type: 'string', value: 'FILE', help: 'default: cutover.yaml in this directory, if there is one' },
  ...installationOptions,
};

export const TARGET_USAGE = '[SERVICE | CLUSTER/SERVICE]';

export const targetSection = {
  title: 'Which service',
  rows: [
    {
      form: 'shop --env production',
      does: "cutover.yaml's entry; either may be left out where there is only one",
    },
    { form: 'production/shop', does: 'cluster and service; also --cluster and --service, or the ARN' },
  ],
} as const;

export type Wanted = Partial<
  Record<'positional' | 'cluster' | 'service' | 'env' | 'region' | 'installation', string>
>;

export const wantedOf = (args: Arguments): Wanted => {
  const [positional, ...more] = args.positionals;
  if (more.length > 0) {
    throw new UsageError(`expected one service, found ${args.positionals.join(' ')}`, {
      hint: 'name it as SERVICE of cutover.yaml or as CLUSTER/SERVICE',
    });
  }
  const region = regionOption(args);
  const names = ['cluster', 'service', 'env', 'installation'] as const;
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = args.text(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...given,
    ...(region === undefined ? {} : { region }),
    ...(positional === undefined ? {} : { positional }),
  };
};

/** Finds out which service is meant. `entries` null: there is no cutover.yaml. */
export const resolveTarget = (wanted: Wanted, entries: ConfigEntry[] | null): Target => {
  const named = namedDirectly(wanted);
  const entry =
    named === null
      ? chooseEntry(wanted, entries)
      : (entries ?? []).find(
          ({ fields }) =>
            nameOf(fields.cluster) === nameOf(named.cluster) && fields.service === named.service,
        );
  const cluster = named?.cluster ?? entry?.fields.cluster ?? '';
  const service = named?.service ?? entry?.fields.service ?? '';
  const { cluster: _cluster, service: _service, ...fields } = entry?.fields ?? {};
  const installation = wanted.installation ?? entry?.installation ?? DEFAULT_INSTALLATION;
  return {
    cluster,
    service,
    region: wanted.region ?? named?.region ?? entry?.region,
    installation,
    fields,
    words: [
      named === null && entry !== undefined
        ? `${entry.service} --env ${entry.environment}`
        : `${nameOf(cluster)}/${nameOf(service)}`,
      ...(wanted.region === undefined ? [] : [`--region ${wanted.region}`]),
      ...(wanted.installation === undefined ? [] : [`--installation ${wanted.installation}`]),
    ].join(' '),
  };
};

/** By cluster and service, so that cutover.yaml need not say which. */
export const namesDirectly = (wanted: Wanted): boolean => namedDirectly(wanted) !== null;

type Named = { cluster: string; service: string; region?: string };

const namedDirectly = ({ positional, cluster, service }: Wanted): Named | null => {
  if (cluster !== undefined || service !== undefined) {
    if (cluster === undefined || service === undefined || positional !== undefined) {
      throw new UsageError('expected --cluster and --service together, and no other name', {
        hint: 'or name the service as CLUSTER/SERVICE',
      });
    }
    return { cluster, service };
  }
  if (positional === undefined || !positional.includes('/')) return null;
  const parts = positional.split('/');
  const arn = /^arn:[^:]+:ecs:([^:]+):/.exec(positional);
  const [before, name] = parts.slice(-2);
  const wellFormed = parts.length === (arn === null ? 2 : 3) && before !== '' && name !== '';
  if (before === undefined || name === undefined || !wellFormed) {
    throw new UsageError(`expected CLUSTER/SERVICE, found ${positional}`);
  }
  return { cluster: before, service: name, ...(arn?.[1] === undefined ? {} : { region: arn[1] }) };
};

const chooseEntry = ({ positional, env }: Wanted, entries: ConfigEntry[] | null): ConfigEntry => {
  if (entries === null) {
    throw new UsageError(
      `expected the name of a service, found ${positional ?? 'none'} and no cutover.yaml here`,
      { hint: 'name it as CLUSTER/SERVICE, or let `cutover init` write a cutover.yaml' },
    );
  }
  const services = [...new Set(entries.map(({ service }) => service))];
  const service = pick(positional, services, 'service');
  const environments = entries.filter((entry) => entry.service === service);
  const environment = pick(
    env,
    environments.map((entry) => entry.environment),
    'environment',
    '--env ',
  );
  return environments.find((entry) => entry.environment === environment) as ConfigEntry;
};

/** The one that is named, or the only one there is. */
const pick = (wanted: string | undefined, known: string[], what: string, prefix = ''): string => {
  const [only, ...others] = known;
  if (wanted === undefined && only !== undefined && others.length === 0) return only;
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  const near = wanted === undefined ? undefined : didYouMean(wanted, known);
  throw new UsageError(
    `expected one ${what} of cutover.yaml (${known.join(', ')}), found ` +
      `${wanted === undefined ? 'none' : `"${wanted}"`}${near === undefined ? '' : `; did you mean ${prefix}${near}?`}`,
    { hint: `say which: ${prefix}${near ?? only}` },
  );
};
