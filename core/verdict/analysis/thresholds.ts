/** A single bad request is no regression, however rare they are: so many of green's at least, for a rollback. */
export const LEAST_BAD = 3;

/**
 * From here on a deployment neither advances nor rolls back: a good version gets here once in ten deployments at most.
 */
export const SUSPECT_LOG_E = Math.log(10);
