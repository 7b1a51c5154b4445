/** Stickiness cookies of an application load balancer: which group a client was sent to, and which target of it. */

export const GROUP_COOKIE = 'AWSALBTG';
export const TARGET_COOKIE = 'AWSALB';

/** What the cookie of this name holds; undefined without it, and for what is none of ours. */
export const readCookie = (header: string | undefined, name: string): string | undefined => {
  if (header === undefined) return undefined;
  const found = header
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`));
  if (found === undefined) return undefined;
  const value = Buffer.from(found.slice(name.length + 1), 'base64url').toString('utf8');
  return value === '' ? undefined : value;
};

export const writeCookie = (name: string, value: string, seconds: number): string =>
  `${name}=${Buffer.from(value).toString('base64url')}; Max-Age=${seconds}; Path=/`;
