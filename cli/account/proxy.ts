import { DeploymentError } from '../../core/errors.ts';
import { type ProxyOf, TunnelAgent } from './tunnel.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * For the HTTP agents of SDK clients: the proxies that the environment names, what they are not for (NO_PROXY), and
 * whose certificates are trusted. AWS is asked over https:; an http: endpoint of one's own is asked through
 * HTTP_PROXY by Node itself, from 24.5 and 22.21 on (Node API, http.Agent, proxyEnv). Nothing without any: the SDK's
 * agents stay.
 */
export const connectionAgents = (environment: Environment, read: (path: string) => string) => {
  const agent = { keepAlive: true, maxSockets: 50 };
  const ca = trusted(environment, read);
  const secure = { ...agent, ...(ca === null ? {} : { ca }) };
  if (!namesProxy(environment)) return ca === null ? {} : { httpsAgent: secure };
  const named = asNodeReads(environment);
  return {
    httpAgent: { ...agent, proxyEnv: named },
    httpsAgent: new TunnelAgent(secure, proxyFor(named)),
  };
};

/** In small letters it wins, as for the AWS CLI. */
const proxyFor = (environment: Environment): ProxyOf => {
  const address = environment.https_proxy || environment.HTTPS_PROXY || '';
  const none = (environment.no_proxy || environment.NO_PROXY || '').split(',').filter((one) => one !== '');
  return (host, port) =>
    address === '' || none.some((one) => isFor(one.toLowerCase(), host.toLowerCase(), port))
      ? null
      : new URL(address);
};

/** `*`, a name or an address, or all names below one: `.example.com`, `*.example.com`; each with a port or without. */
const isFor = (entry: string, host: string, port: number): boolean => {
  if (entry === '*' || entry === host) return true;
  const [, name = '', its] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*/, '')) ?? [];
  if (its !== undefined && Number(its) !== port) return false;
  return name.startsWith('.') ? host.endsWith(name) : host === name;
};

/**
 * The AWS CLI takes an address without its scheme for an http: one, and a name of NO_PROXY for all names below it too
 * (botocore, `_fix_proxy_url`; Python, `proxy_bypass_environment`). Node passes the first by, and reads the second as
 * that one name.
 */
const asNodeReads = (environment: Environment): Environment => ({
  ...environment,
  ...changed(environment, NAMES, proxyAddress),
  ...changed(environment, ['NO_PROXY', 'no_proxy'], withNamesBelow),
});

const changed = (
  environment: Environment,
  names: readonly string[],
  change: (text: string, name: string) => string,
): Environment =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = environment[name];
      return text === undefined || text === '' ? [] : [[name, change(text, name)]];
    }),
  );

const proxyAddress = (text: string, name: string): string => {
  const address = text.includes('://') ? text : `http://${text.replace(/^\/\//, '')}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && isEncoded(url)) return address;
  // Not the address itself: it may have a password in it.
  const found =
    url === null || /^https?:$/.test(url.protocol) ? 'none that can be read' : `one of ${url.protocol}//`;
  throw new DeploymentError(
    'Rejected',
    `Expected the address of an http: or https: proxy in ${name}, found ${found}. ` +
      'Correct it, for example http://proxy.example.com:3128 (with a password: its signs percent-encoded), or unset it.',
  );
};

/** Name and password, as Node decodes them. */
const isEncoded = ({ username, password }: URL): boolean => {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
};

const IP_OR_PATTERN = /^[.*]|^[\d.:/[\]-]+$/;

const withNamesBelow = (text: string): string =>
  text
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .flatMap((one) => (IP_OR_PATTERN.test(one) ? [one] : [one, `.${one}`]))
    .join(',');

/** AWS_CA_BUNDLE, as for the AWS CLI: instead of the certificates that Node trusts. */
const trusted = ({ AWS_CA_BUNDLE: path }: Environment, read: (path: string) => string): string | null => {
  if (path === undefined || path === '') return null;
  try {
    return read(path);
  } catch (error) {
    throw new DeploymentError(
      'Rejected',
      `Expected a file of certificates at AWS_CA_BUNDLE (${path}), found none that can be read ` +
        `(${error instanceof Error ? error.message : error}). Correct the path, or unset it.`,
    );
  }
};

const namesProxy = (environment: Environment): boolean =>
  NAMES.some((name) => environment[name] !== undefined && environment[name] !== '');
