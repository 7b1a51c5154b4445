import { DeploymentError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * For the HTTP agents of SDK clients: the proxies that the environment names, what they are not for (NO_PROXY), and
 * whose certificates are trusted.
 * Node's own agents follow them from 24.5 and 22.21 on (Node API, http.Agent, proxyEnv). Nothing without any: the
 * SDK's agents stay.
 */
export const connectionAgents = (environment: Environment, read: (path: string) => string) => {
  const agent = { keepAlive: true, maxSockets: 50 };
  const ca = trusted(environment, read);
  if (!namesProxy(environment)) return ca === null ? {} : { httpsAgent: { ...agent, ca } };
  const behindProxy = { ...agent, proxyEnv: { ...environment } };
  return { httpAgent: behindProxy, httpsAgent: { ...behindProxy, ...(ca === null ? {} : { ca }) } };
};

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

/** What to report where a proxy is named that this Node would pass by; null: nothing. */
export const unfollowedProxy = (environment: Environment, nodeVersion: string): string | null => {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const follows = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  return !namesProxy(environment) || follows
    ? null
    : `a proxy is set in the environment, which Node ${nodeVersion} does not follow: use Node 24.5 or newer, or 22.21`;
};
