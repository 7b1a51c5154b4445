import { DeploymentError } from '../../core/errors.ts';

export const notFound = (what: string): DeploymentError =>
  new DeploymentError('NotFound', `expected ${what}, found none: somebody deleted it`);
