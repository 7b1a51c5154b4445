import { DeploymentError } from '../core/errors.ts';

/** The SDK finds out only when it is about to send, and has no name for it. */
const MISSING = 'Region is missing';
/** A variable of a pipeline that is set to nothing, or to what is no Region. */
const NOT_ACCEPTED = /^Region not accepted: region="(.*?)"/;

/** The person's to say: no call was made. Undefined: it is another error. */
export const regionProblem = (error: unknown): DeploymentError | undefined => {
  const message = error instanceof Error ? error.message : '';
  const given = message === MISSING ? '' : NOT_ACCEPTED.exec(message)?.[1];
  if (given === undefined) return undefined;
  const found = given === '' ? 'none' : `"${given}"`;
  return new DeploymentError(
    'Rejected',
    `Expected a Region, found ${found}: give one with --region, in AWS_REGION, or with \`aws configure\`.`,
  );
};

export const isRegionProblem = ({ message }: DeploymentError): boolean =>
  message.startsWith('Expected a Region, found ');
