/**
 * Every step's Lambda. Arm64 Lambdas get CPU by memory; at 256 MB an SDK client loads in well under a second and a step
 * waits on the network anyway.
 */
export const LAMBDA_MEMORY_MB = 256;

/** A step's Lambda is given this long; its Task state waits LAMBDA_TIMEOUT_SECONDS plus a margin for the cold start. */
export const LAMBDA_TIMEOUT_SECONDS = 60;
