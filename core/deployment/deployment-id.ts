import { DAY_MS } from '../clock.ts';

/** CreateTaskSet's clientToken takes no more characters than this (ECS API reference, CreateTaskSet) [fact 15]. */
const MAX_LENGTH = 36;

/**
 * 40 bits. Only deployments whose names begin alike can share one: of a million such, two do with a chance of about
 * one in three.
 */
const DIGEST_LENGTH = 10;

/** What a person reads of it. */
const READABLE_LENGTH = MAX_LENGTH - DIGEST_LENGTH - 1;

/** What tells one execution from every other one. */
type ExecutionIdentity = {
  /** The execution's ARN. */
  arn: string;
  startedAtMs: number;
};

/**
 * The deployment's id: clientToken, externalId and tag of its task set, and its key in the record. It begins with the
 * execution's name, so that people find one by the other, and ends with a digest that no other execution has: a name
 * is free again 90 days after its execution has ended [fact 102], so the day of the start is part of it, and so are
 * the account and the state machine, which the ARN names. The day rather than the instant, because two APIs give that
 * in different forms.
 *
 * @param digest a hash in lower-case hex of at least 10 digits
 * @returns at most 36 letters, digits, dots, dashes and underscores: what a client token and the value of a tag may
 *   be made of
 */
export const deploymentIdOf = (
  { arn, startedAtMs }: ExecutionIdentity,
  digest: (text: string) => string,
): string => {
  const name = arn.split(':').at(-1) ?? '';
  const readable = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, READABLE_LENGTH);
  const day = Math.floor(startedAtMs / DAY_MS);
  const unique = digest(`${arn} ${day}`).slice(0, DIGEST_LENGTH);
  return [readable || 'deployment', unique].join('-');
};
