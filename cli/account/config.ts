import { didYouMean } from '../../core/did-you-mean.ts';
import { isObject } from '../../core/is-object.ts';
import type { Problem } from '../../core/request/problem.ts';
import { type Fields, optional, readObject, readText, refuse } from '../../core/request/read-field.ts';
import { parseRequest } from '../../core/request/request.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** One service in one environment, as cutover.yaml has it: what a request is made from. */
export type ConfigEntry = {
  service: string;
  environment: string;
  region: string | undefined;
  installation: string;
  /** Fields of the request (docs/request.md); `taskDefinition` may be missing, or a file's path. */
  fields: Fields & { cluster: string; service: string };
};

export const DEFAULT_INSTALLATION = 'default';

/** The strategy is said in one of two ways; an environment's way replaces the service's, whichever that is. */
const EXCLUSIVE: Record<string, string> = { strategy: 'shifts', shifts: 'strategy' };

const REGION = { form: /^[a-z]{2}(-[a-z]+)+-\d$/, expected: 'a Region such as eu-west-1' };

/** The fields beside those of a request. */
export const ownReaders = {
  region: readText(REGION.form, REGION.expected),
  installation: readText(/^[\w.-]{1,100}$/, "an installation's name"),
};

/** `--region`: a name that no Region has would only be found out by the network, in its own words. */
export const regionOption = (args: Arguments): string | undefined => {
  const given = args.text('region');
  if (given === undefined || REGION.form.test(given)) return given;
  throw new UsageError(`--region: expected ${REGION.expected}, found "${given}"`);
};

/** Reads what cutover.yaml holds once it is parsed. All problems are named at once, by their place in the file. */
export const parseConfig = (
  value: unknown,
): { ok: true; entries: ConfigEntry[] } | { ok: false; problems: Problem[] } => {
  const problems: Problem[] = [];
  const entries: ConfigEntry[] = [];
  const root = readObject(['services'], 'an object with services')(
    withoutShared(value),
    'cutover.yaml',
    problems,
  );
  const services = root?.services;
  if (root !== undefined && (!isObject(services) || Object.keys(services).length === 0)) {
    refuse(problems, 'services', 'one entry for each service, by name', found(services));
  }
  for (const [name, entry] of Object.entries(isObject(services) ? services : {})) {
    entries.push(...readService(name, entry, problems));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, entries };
};

/** For anchors that several entries refer to; what stands there is read where it is referred to. */
export const SHARED = /^x-/;

const withoutShared = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !SHARED.test(name))) : value;

const found = (value: unknown): string =>
  value === undefined || value === null ? 'nothing' : isObject(value) ? 'an empty object' : 'something else';

const readService = (name: string, entry: unknown, problems: Problem[]): ConfigEntry[] => {
  const path = `services.${name}`;
  if (!isObject(entry)) {
    refuse(problems, path, 'an object with environments', found(entry));
    return [];
  }
  const { environments, ...shared } = entry;
  if (!isObject(environments) || Object.keys(environments).length === 0) {
    refuse(
      problems,
      `${path}.environments`,
      'one entry for each environment, by name, such as production: { cluster: main }',
      found(environments),
    );
    // What else is wrong is said now, too; a cluster and a service are an environment's to have.
    readEnvironment(
      { service: name, environment: '', at: path, shared, own: { cluster: 'any', service: 'any' } },
      problems,
    );
    return [];
  }
  return Object.entries(environments).flatMap(([environment, own]) => {
    const at = `${path}.environments.${environment}`;
    if (own === null || isObject(own)) {
      return readEnvironment({ service: name, environment, at, shared, own: own ?? {} }, problems) ?? [];
    }
    refuse(problems, at, 'an object with the fields of a request', found(own));
    return [];
  });
};

type Place = { service: string; environment: string; at: string; shared: Fields; own: Fields };

const readEnvironment = (
  { service, environment, at, shared, own }: Place,
  problems: Problem[],
): ConfigEntry | undefined => {
  const inherited = Object.fromEntries(
    Object.entries(shared).filter(([field]) => own[EXCLUSIVE[field] ?? ''] === undefined),
  );
  const { region, installation, ...rest } = { ...inherited, ...own };
  const fields: Fields = { service, ...rest };

  const before = problems.length;
  const readFields = {
    region: optional(ownReaders.region)(region, `${at}.region`, problems),
    installation: optional(ownReaders.installation)(installation, `${at}.installation`, problems),
  };
  problems.push(...requestProblems(fields, at));
  if (problems.length > before) return undefined;
  return {
    service,
    environment,
    region: readFields.region,
    installation: readFields.installation ?? DEFAULT_INSTALLATION,
    fields: fields as ConfigEntry['fields'],
  };
};

/** The request's own check; the task definition comes with the command, or is a file. */
const requestProblems = (fields: Fields, at: string): Problem[] => {
  const parsed = parseRequest({ ...fields, taskDefinition: 'family' });
  if (parsed.ok) return [];
  return parsed.problems.map((problem) => {
    const meant = didYouMean(problem.path, Object.keys(ownReaders));
    const hint =
      problem.expected === 'a known field' && meant !== undefined ? `Did you mean ${meant}?` : null;
    return { ...problem, path: `${at}.${problem.path}`, ...(hint === null ? {} : { hint }) };
  });
};
