/** Stickiness cookies of an application load balancer: which group a client was sent to, and which target of it. */

export const GROUP_COOKIE = 'AWSALBTG';
export const TARGET_COOKIE = 'AWSALB';
/** Beside a cookie of the application; the number is for those that are too long for one. */
export const APP_COOKIE = 'AWSALBAPP-0';
/** The same again for requests of other sites' pages (its user guide, sticky sessions). */
const CROSS_SITE = 'CORS';

/** The text of the cookie of this name, as it came. */
export const cookieText = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** What the cookie of this name holds; undefined without it, and for what is none of ours. */
export const readCookie = (header: string | undefined, name: string): string | undefined => {
  if (header === undefined) return undefined;
  const found = cookieText(header, name) ?? cookieText(header, `${name}${CROSS_SITE}`);
  const value = found === undefined ? '' : Buffer.from(found, 'base64url').toString('utf8');
  return value === '' ? undefined : value;
};

/** Both cookies that say it; over TLS the second one is for TLS alone, as browsers want it. */
export const writeCookies = (name: string, value: string, seconds: number, protocol: string): string[] => {
  const [text, rest] = [Buffer.from(value).toString('base64url'), `; Max-Age=${seconds}; Path=/`];
  const secure = protocol === 'HTTPS' ? '; Secure' : '';
  return [`${name}=${text}${rest}`, `${name}${CROSS_SITE}=${text}${rest}; SameSite=None${secure}`];
};

/** The load balancer's cookie beside the application's: it lasts as long as that one. */
export const writeAppCookie = (value: string, applications: string): string => {
  const lasts = applications.split(';').filter((each) => /^\s*(expires|max-age)=/i.test(each));
  return [`${APP_COOKIE}=${Buffer.from(value).toString('base64url')}`, ...lasts, ' Path=/'].join(';');
};
