type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/**
 * For the HTTP agents of SDK clients: the proxies that the environment names, and what they are not for (NO_PROXY).
 * Node's own agents follow them from 24.5 and 22.21 on (Node API, http.Agent, proxyEnv). Nothing without a proxy: the
 * SDK's agents stay.
 */
export const proxyAgents = (environment: Environment) => {
  if (!namesProxy(environment)) return {};
  const agent = { keepAlive: true, maxSockets: 50, proxyEnv: { ...environment } };
  return { httpAgent: agent, httpsAgent: agent };
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
