/** No AWS: what Node says of a certificate, by OpenSSL's names (Node API, tls, "X509 certificate error codes"). */
const UNTRUSTED =
  /^(CERT_|(DEPTH_ZERO_)?SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)|ERR_TLS_CERT|INVALID_CA$)/;
const NO_TLS = /^(EPROTO$|ERR_SSL_)/;
/** Node's parser of HTTP. */
const NO_HTTP = /^HPE_/;
const NOBODY = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

type Failed = Error & { code?: unknown; errors?: unknown; $metadata?: { httpStatusCode?: number } };

/** What Node said; of a name with several addresses it says so for each, in errors of their own. */
export const saidOnTheWay = ({ message, errors }: Failed): string =>
  message !== '' || !Array.isArray(errors) ? message : errors.map((one: Error) => one.message).join('; ');

/** A page where AWS's JSON was expected: a proxy answered, or the sign-in of a network; from 500 on AWS may have. */
const isPage = ({ name, $metadata: { httpStatusCode = 500 } = {} }: Failed): boolean =>
  name === 'SyntaxError' && httpStatusCode < 500;

/**
 * Where a call did not come to AWS at all, what happened and what to do; undefined: it is an error of another kind.
 * @param said the error's own words
 */
export const onTheWay = (error: Error, said: string, tries: string): string | undefined => {
  const failed: Failed = error;
  const code = typeof failed.code === 'string' ? failed.code : '';
  // A Region that does not exist, or a network without names: both appear the same from here.
  if (code === 'ENOTFOUND') return `there is no such host (${said}). Check the Region and the network.`;
  if (code === 'EAI_AGAIN')
    return `no name server answered (${said}). Check the network and its name servers.`;
  if (NOBODY.has(code)) {
    return (
      `nothing accepted the connection in ${tries} (${said}). Check AWS_ENDPOINT_URL if it is set, a ` +
      'proxy, and the network.'
    );
  }
  if (code === 'ERR_PROXY_TUNNEL') {
    return (
      `the proxy opens no way to AWS (${said}). Check HTTPS_PROXY, with the name and the password if it wants ` +
      'them, and whether the proxy allows this host.'
    );
  }
  if (UNTRUSTED.test(code)) {
    return (
      `the certificate of what answered is not trusted (${said}). Where a proxy of your network has ` +
      'certificates of its own, name the file of its CA in AWS_CA_BUNDLE; check the clock, too.'
    );
  }
  if (NO_TLS.test(code)) {
    return `what answered speaks no TLS (${said}). Check whether AWS_ENDPOINT_URL or the proxy is an http: one.`;
  }
  if (NO_HTTP.test(code)) {
    return `what answered speaks no HTTP (${said}). Check whether AWS_ENDPOINT_URL is an https: one.`;
  }
  if (isPage(failed)) {
    return (
      `what answered is not AWS (HTTP ${failed.$metadata?.httpStatusCode}, ${said}). ` +
      'Check AWS_ENDPOINT_URL, a proxy, and whether the network wants you to sign in.'
    );
  }
  return undefined;
};
