/** CreateTaskSet's clientToken takes no more characters than this (ECS API reference, CreateTaskSet) [15]. */
const MAX_LENGTH = 36;

/** 48 bits: two of a million executions share a digest with a chance of about 1 in 560. They would share a prefix too. */
const DIGEST_LENGTH = 12;

const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;

/**
 * The deployment's id: clientToken and externalId of its task set, and its key in the record. The execution's
 * name as it is where that fits, so that people find one by the other; else a readable prefix of it and a digest.
 *
 * @param digest a hash in lower-case hex of at least 12 digits
 * @returns at most 36 ASCII characters, 33 to 126
 */
export const deploymentIdOf = (executionName: string, digest: (text: string) => string): string => {
  if (executionName.length <= MAX_LENGTH && PRINTABLE_ASCII.test(executionName)) return executionName;

  const readable = executionName.replace(/[^\x21-\x7e]+/g, '-').slice(0, MAX_LENGTH - DIGEST_LENGTH - 1);
  return `${readable || 'deployment'}-${digest(executionName).slice(0, DIGEST_LENGTH)}`;
};
