import { DeploymentError } from '../core/errors.ts';

/** The SDK finds out only when it is about to send, and has no name for it. */
const MISSING = 'Region is missing';
/** A variable of a pipeline that is set to nothing, or to what is no Region. */
const NOT_ACCEPTED = /^Region not accepted: region="(.*?)"/;

/** The Region or the endpoint is the person's to say: no call was made. Undefined: it is another error. */
export const settingProblem = (error: unknown): DeploymentError | undefined => {
  const { code, input } = (error ?? {}) as { code?: string; input?: string };
  if (code === 'ERR_INVALID_URL') {
    return new DeploymentError(
      'Rejected',
      'Expected a URL such as http://127.0.0.1:4570 in AWS_ENDPOINT_URL (or endpoint_url of the profile), ' +
        `found "${input}".`,
    );
  }
  const message = error instanceof Error ? error.message : '';
  const given = message === MISSING ? '' : NOT_ACCEPTED.exec(message)?.[1];
  if (given === undefined) return undefined;
  const found = given === '' ? 'none' : `"${given}"`;
  return new DeploymentError(
    'Rejected',
    `Expected a Region, found ${found}: give one with --region, in AWS_REGION, or with \`aws configure\`.`,
  );
};

export const isSettingProblem = ({ message }: DeploymentError): boolean =>
  /^Expected (a Region, found|a URL such as|a file of certificates at|the address of an http: or https: proxy in) /.test(
    message,
  );
