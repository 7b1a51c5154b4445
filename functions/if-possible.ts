import { isDeploymentError } from '../core/errors.ts';

/** A record that cannot be read or written must not keep a deployment from going back. */
export const ifPossible = async <T>(attempt: Promise<T>): Promise<T | null> => {
  try {
    return await attempt;
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return null;
  }
};
