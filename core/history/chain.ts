import { isObject } from '../is-object.ts';
import type { ChainedEnd, ChainHead, EndFacts, StoredEnd } from '../vocabulary/history.types.ts';

/**
 * The chain of a service's ends: each names the digest of the one before, and its place is its number. Ends are never
 * changed and never expire, so the numbers have no gap, and who writes the next one takes the number after the last:
 * of two that try, one finds it taken.
 */

/** A digest of a text, in lower-case hex. */
type Digest = (text: string) => string;

/** So many digits keep a million million ends in order. */
const NUMBER_DIGITS = 12;
const KEY = /^end#(\d{12})$/;

const keyOf = (number: number): string => `end#${String(number).padStart(NUMBER_DIGITS, '0')}`;

/** An end's number by its key; null for a key that no end has. */
export const numberOf = (key: string): number | null => {
  const digits = KEY.exec(key)?.[1];
  return digits === undefined ? null : Number(digits);
};

/** The end after `last`. */
export const nextEnd = (facts: EndFacts, last: ChainHead | null, digest: Digest): StoredEnd => {
  const number = (last?.number ?? 0) + 1;
  const end: ChainedEnd = { version: 1, number, previous: last?.digest ?? null, ...facts };
  const text = JSON.stringify(end);
  return { key: keyOf(number), text, digest: digest(text) };
};

/** Null for a text that is no end: somebody else wrote it. */
export const endIn = ({ text }: Pick<StoredEnd, 'text'>): ChainedEnd | null => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return null;
    const { number, serviceKey, deploymentId, endedAtMs, outcome } = parsed;
    const fits =
      typeof number === 'number' &&
      typeof endedAtMs === 'number' &&
      [serviceKey, deploymentId, outcome].every((value) => typeof value === 'string');
    return fits ? (parsed as ChainedEnd) : null;
  } catch {
    return null;
  }
};

export type ChainCheck =
  | { kind: 'whole'; count: number; last: ChainHead | null }
  | {
      kind: 'broken';
      /** The first record that is not as Cutover wrote it. */
      what: 'changed' | 'removed' | 'inserted';
      /** Its number, or its key when that is no number's. */
      record: number | string;
      /** Null where it is gone or cannot be read. */
      deploymentId: string | null;
      /** What was expected there and what was found. */
      description: string;
    };

type Broken = Extract<ChainCheck, { kind: 'broken' }>;

/**
 * Recomputes the chain. What it cannot see is a chain that was rewritten whole, together with the lease: a digest that
 * was written down elsewhere shows that.
 *
 * @param stored every end of the service, oldest first
 * @param head what the lease remembers; null before the first
 */
export const verifyChain = (
  serviceKey: string,
  stored: readonly StoredEnd[],
  head: ChainHead | null,
  digest: Digest,
): ChainCheck => {
  const links: Link[] = [];
  for (const one of stored) {
    const found = checkLink(serviceKey, one, links, digest);
    if (found.kind === 'broken') return found;
    links.push(found);
  }
  const last = links.at(-1);
  return (
    checkHead(links, head) ?? {
      kind: 'whole',
      count: links.length,
      last: last === undefined ? null : { number: last.number, digest: last.digest },
    }
  );
};

/**
 * Whether a part of the chain is as it was written, as far as it shows by itself: each end has the digest that it was
 * stored with, and names that of the one before.
 *
 * @param stored one after the other, the newest first
 */
export const isUnbroken = (stored: readonly StoredEnd[], digest: Digest): boolean =>
  stored.every((one, at) => {
    const [end, before] = [endIn(one), stored[at + 1]];
    if (end === null || digest(one.text) !== one.digest) return false;
    return before === undefined || end.previous === before.digest;
  });

/** `held`: its deployment had the lease; one that was refused may not have had it. */
type Link = { kind: 'link'; number: number; digest: string; deploymentId: string; held: boolean };

const broken = (
  what: Broken['what'],
  record: Broken['record'],
  description: string,
  deploymentId: string | null = null,
): Broken => ({ kind: 'broken', what, record, deploymentId, description });

const checkLink = (
  serviceKey: string,
  stored: StoredEnd,
  links: readonly Link[],
  digest: Digest,
): Link | Broken => {
  const number = numberOf(stored.key);
  const before = links.at(-1);
  const due = links.length + 1;
  if (number === null) return broken('inserted', stored.key, `no end of Cutover's has the key ${stored.key}`);
  if (number > due)
    return broken('removed', due, `expected number ${due}, found number ${number} in its place`);

  const end = endIn(stored);
  const computed = digest(stored.text);
  if (end === null || computed !== stored.digest)
    return broken(
      'changed',
      number,
      `its digest is ${computed}, the one that was stored with it ${stored.digest}`,
      end?.deploymentId ?? null,
    );
  const { deploymentId } = end;
  // It is the one that was at the number before: what stands there now was put in.
  if (before !== undefined && end.number === before.number && end.previous === (links.at(-2)?.digest ?? null))
    return broken(
      'inserted',
      before.number,
      `deployment ${deploymentId}, at ${number} now, was written as number ${end.number}`,
      before.deploymentId,
    );
  if (end.number > number && end.serviceKey === serviceKey)
    return broken('removed', due, `expected number ${due}, found number ${end.number} in its place`);
  if (end.number !== number || end.serviceKey !== serviceKey || number < due)
    return broken(
      'inserted',
      number,
      `it was written as number ${end.number} of ${end.serviceKey}`,
      deploymentId,
    );
  if (links.some((link) => link.deploymentId === deploymentId))
    return broken(
      'inserted',
      number,
      `deployment ${deploymentId} has an end before it already`,
      deploymentId,
    );
  if (end.previous === (before?.digest ?? null))
    return { kind: 'link', number, digest: computed, deploymentId, held: end.outcome !== 'refused' };
  if (before === undefined)
    return broken('removed', 1, `number 1 names ${end.previous} as the one before it`, deploymentId);
  return broken(
    'changed',
    before.number,
    `its digest is ${before.digest}, the end after it was written when it was ${end.previous ?? 'not there'}`,
    before.deploymentId,
  );
};

/** The lease remembers the last end that its holder wrote: what was cut off or rewritten from there on shows. */
const checkHead = (links: readonly Link[], head: ChainHead | null): Broken | null => {
  const remembered = head?.number ?? 0;
  // Its holder notes its end in the lease before another deployment can have it.
  const [, second] = links.slice(remembered).filter(({ held }) => held);
  if (second !== undefined)
    return broken(
      'inserted',
      second.number,
      `the lease remembers ${remembered === 0 ? 'no end' : `${remembered} ends`}, and found more than one ` +
        'after that whose deployment was not refused; or the lease itself was written anew',
      second.deploymentId,
    );
  if (head === null) return null;
  const link = links[head.number - 1];
  if (link === undefined)
    return broken(
      'removed',
      links.length + 1,
      `the lease remembers ${head.number} ends, found ${links.length}`,
    );
  if (link.digest === head.digest) return null;
  return broken(
    'changed',
    head.number,
    `its digest is ${link.digest}, the lease remembers ${head.digest}`,
    link.deploymentId,
  );
};
