/**
 * Every step's Lambda. Arm64 Lambdas get CPU by memory; at 256 MB an SDK client loads in well under a second and a step
 * waits on the network anyway.
 */
export const LAMBDA_MEMORY_MB = 256;
