import { DAY_MS, SECOND_MS } from '../clock.ts';
import { isObject } from '../is-object.ts';
import type { Writer, WriterAnswer, Written } from '../vocabulary/drift.types.ts';

/** What Cutover's own clients add to their user agent, by which their calls are known from everybody else's. */
export const OWN_USER_AGENT = 'cutover';

/** Two machines' clocks differ a little, and CloudTrail's times are whole seconds. */
const CLOCKS_DIFFER_MS = 2_000;

/** A name's worth of somebody else's text: a session name has 64 characters, a user agent up to 1 KB. */
const LONGEST = 120;

/** A line of the printable characters, so that a name cannot hide another one. */
const readable = (text: string): string => {
  const one = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return one.length > LONGEST ? `${one.slice(0, LONGEST)}...` : one;
};

const textIn = (from: unknown, ...path: string[]): string | undefined => {
  const found = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), from);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

/** Whether the text is a value anywhere in the parameters: operations name the same thing by different members. */
const names = (parameters: unknown, resources: readonly string[]): boolean => {
  if (typeof parameters === 'string') return resources.includes(parameters);
  if (Array.isArray(parameters)) return parameters.some((each) => names(each, resources));
  return isObject(parameters) && Object.values(parameters).some((each) => names(each, resources));
};

/** `deployer/ci-42` of `arn:aws:sts::111122223333:assumed-role/deployer/ci-42`. */
const identityOf = (event: unknown): string => {
  const arn = textIn(event, 'userIdentity', 'arn');
  const [, kind, path] =
    /^arn:[^:]+:(?:iam|sts)::\d*:(?:(assumed-role|user|federated-user)\/)?(.+)$/.exec(arn ?? '') ?? [];
  if (textIn(event, 'userIdentity', 'type') === 'Root') return "the account's root user";
  if (path !== undefined) return kind === undefined ? (arn ?? path) : path;
  const invokedBy = textIn(event, 'userIdentity', 'invokedBy');
  return arn ?? invokedBy ?? textIn(event, 'userIdentity', 'principalId') ?? 'somebody unnamed';
};

/** The tool that people know, of what a long user agent lists; the first word of it otherwise. */
const toolOf = (userAgent: string): string =>
  /\b(?:Terraform|OpenTofu|Pulumi|aws-cli|aws-cdk|Boto3)\/[\w.-]+/i.exec(userAgent)?.[0] ??
  userAgent.split(' ')[0] ??
  userAgent;

/** What a lookup answers: the event as JSON, and its time. */
type TrailEvent = { text: string; atMs: number };

/**
 * A `CloudTrailEvent` that wrote one of the resources and was not Cutover's own call; null for every other, for calls
 * that AWS refused, and for a text of another shape.
 */
export const writerIn = (
  { text, atMs }: TrailEvent,
  { resources, afterMs, foundAtMs }: Written,
): Writer | null => {
  const event = parsed(text);
  if (event === null || textIn(event, 'errorCode') !== undefined) return null;
  const userAgent = textIn(event, 'userAgent') ?? '';
  if (userAgent.split(' ').includes(OWN_USER_AGENT)) return null;
  const between = atMs >= afterMs - CLOCKS_DIFFER_MS && atMs <= foundAtMs + CLOCKS_DIFFER_MS;
  if (!between || !names(event.requestParameters, resources)) return null;
  return {
    identity: readable(identityOf(event)),
    source: readable(textIn(event, 'sourceIPAddress') ?? 'an address that is not given'),
    tool: readable(toolOf(userAgent)),
    operation: readable(textIn(event, 'eventName') ?? ''),
    atMs,
    eventId: readable(textIn(event, 'eventID') ?? ''),
  };
};

const parsed = (text: string): Record<string, unknown> | null => {
  try {
    const event: unknown = JSON.parse(text);
    return isObject(event) ? event : null;
  } catch {
    return null;
  }
};

/** `07:59:00` */
const timeOfDay = (ms: number): string => {
  const seconds = Math.floor(ms / SECOND_MS) % (DAY_MS / SECOND_MS);
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
};

/** Who it was, as the end of a sentence. */
export const describeWriter = (answer: WriterAnswer): string => {
  switch (answer.answer) {
    case 'named': {
      const { identity, source, tool, operation, atMs, eventId } = answer.writer;
      const by = tool === '' ? '' : ` with ${tool}`;
      const when = `${operation} at ${timeOfDay(atMs)} UTC`;
      return `it was ${identity}${by} from ${source}: ${when}, CloudTrail event ${eventId}`;
    }
    case 'notYet':
      return 'CloudTrail does not name who it was, or not yet: an event takes up to 15 minutes';
    case 'notAllowed':
      return 'who it was is not known: cloudtrail:LookupEvents is not allowed';
    case 'unreadable':
      return 'who it was is not known: CloudTrail could not be read';
    default:
      return answer satisfies never;
  }
};
