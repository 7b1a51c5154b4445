import { didYouMean } from '../../core/did-you-mean.ts';
import { DURATION_FORM, parseDuration } from '../../core/duration.ts';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import type { ApiService } from '../../sim/kernel/call.types.ts';
import { callFaultNamed } from './call-faults.ts';
import type { Fault, FaultAction, FaultWhen } from './fault.types.ts';
import { injectedFaultNamed } from './world-faults.ts';

type ParsedFault = { ok: true; fault: Fault } | { ok: false; message: string };

/** One line each for `--help`: how it is written, what it does. */
export const faultHelp: readonly { form: string; does: string }[] = [
  { form: 'alarm[:NAME]@WHEN', does: "the alarm goes to ALARM; without NAME the request's first" },
  { form: 'kill-task:blue|green@WHEN', does: 'one running task of that colour dies' },
  {
    form: 'stays-short:blue|green@WHEN',
    does: 'one task of that colour dies, and no other can be placed for five minutes',
  },
  {
    form: 'colour-dies:blue|green@WHEN',
    does: 'all tasks of that colour die, and no other can be placed for five minutes',
  },
  {
    form: 'mostly-dies:blue|green@WHEN',
    does: 'all tasks of that colour but one die, and no other can be placed for five minutes',
  },
  {
    form: 'colour-flaps:blue|green@WHEN',
    does: 'all tasks of that colour die, come back after a minute and die again, four times in all',
  },
  {
    form: 'colour-errors:blue|green@WHEN',
    does: 'that colour answers every request with 5xx for five minutes, and its checks pass',
  },
  {
    form: 'checks-fail:blue|green[:kept]@WHEN',
    does: 'that colour serves, but fails its checks for five minutes; ECS replaces its tasks, or leaves them (kept)',
  },
  {
    form: 'slow:blue|green@WHEN',
    does: 'that colour answers so slowly for five minutes that its checks time out',
  },
  { form: 'scale:COUNT@WHEN', does: "the service's desired count changes, as auto scaling would" },
  {
    form: 'foreign-weights@WHEN',
    does: "somebody resets the weights to those of the world's files (terraform apply)",
  },
  {
    form: 'foreign-weights:BLUE/GREEN[:one-route]@WHEN',
    does: 'somebody writes these weights, from 0 to 999, on every route or on one',
  },
  { form: 'foreign-swap@WHEN', does: 'somebody swaps the two target groups' },
  { form: 'foreign-conditions@WHEN', does: "somebody gives the service's rules another path" },
  { form: 'foreign-priority@WHEN', does: "somebody puts the service's rules behind all others" },
  { form: 'foreign-group@WHEN', does: 'somebody sends everybody to a third target group' },
  { form: 'foreign-adds-group@WHEN', does: 'somebody adds a third target group' },
  {
    form: 'foreign-removes-green@WHEN',
    does: "somebody deletes green's rule, or takes green out of the action",
  },
  { form: 'foreign-scale:blue|green@WHEN', does: "somebody halves that colour's task set" },
  { form: 'foreign-delete:blue|green@WHEN', does: "somebody deletes that colour's task set" },
  { form: 'foreign-delete:service@WHEN', does: 'somebody deletes the service with all of its tasks' },
  {
    form: 'foreign-primary:blue|green|other@WHEN',
    does: "somebody makes that colour's task set, or one of his own, the PRIMARY one",
  },
  {
    form: 'foreign-twin@WHEN',
    does: "somebody creates a task set with the deployment's externalId",
  },
  {
    form: 'foreign-scaling:suspended|resumed@WHEN',
    does: "somebody suspends the service's scale-out, or resumes all that scales it",
  },
  { form: 'load:FACTORx@WHEN', does: 'users send so many times as many requests from then on' },
  {
    form: 'throttle:SERVICE[:Operation][:60s]@WHEN',
    does: 'the API answers ThrottlingException for that long',
  },
  {
    form: 'unattached[:60s]@WHEN',
    does: 'ECS sees no load balancer of the target group for that long',
  },
  { form: 'stale-reads@WHEN', does: 'reads show the world of 30 s ago, for 30 s' },
  { form: 'stop-execution@WHEN', does: 'somebody stops the execution in the console; the sweep recovers it' },
  { form: `${commandKinds.join('|')}@WHEN`, does: 'an operator steers the deployment' },
  { form: 'lost:SERVICE:Operation[@WHEN]', does: 'one call is done, but its answer never arrives' },
  {
    form: 'silent:SERVICE:Operation[@WHEN]',
    does: 'one call is done and never answered, until its Lambda runs out of time',
  },
  { form: 'unsent:SERVICE:Operation[@WHEN]', does: 'one call never arrives' },
  { form: 'server-error:SERVICE:Operation[@WHEN]', does: 'one call is answered with HTTP 500' },
  { form: 'twice:SERVICE:Operation[@WHEN]', does: 'one call is done twice, as by a retry in the network' },
];

export const whenHelp: readonly { form: string; does: string }[] = [
  { form: 'shift:N', does: "when the N-th shift's weights have been written, from 1" },
  { form: '+5m', does: 'so long after the start' },
  { form: 'state:NAME', does: 'when the workflow enters the state for the first time' },
  { form: 'call:N', does: 'at the N-th API call; for lost, unsent, ...: at the N-th such call' },
];

const services: readonly ApiService[] = [
  'ecs',
  'elbv2',
  'cloudwatch',
  'dynamodb',
  'eventbridge',
  'sfn',
  'application-autoscaling',
];

/** Minutes of one full token bucket; what a busy account sees when many services deploy at once. */
const DEFAULT_THROTTLE_MS = 60_000;

/** Others see ECS follow the load balancer within two minutes. */
const DEFAULT_UNATTACHED_MS = 60_000;

/** As many tasks as one service can have (ECS service quotas). */
const MAX_DESIRED_COUNT = 5_000;

class Unreadable extends Error {}

const namesIn = (form: string): string[] => (form.split(/[:@[]/)[0] ?? form).split('|');

const faultNames: readonly string[] = [...new Set(faultHelp.flatMap(({ form }) => namesIn(form)))];

const fail = (expected: string, found: string | undefined, near?: string): never => {
  const what = found === undefined || found === '' ? 'nothing' : `"${found}"`;
  throw new Unreadable(
    `expected ${expected}, found ${what}${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
};

/** Reads `FAULT@WHEN`. The message of a failure says what was expected and what was found. */
export const parseFault = (text: string): ParsedFault => {
  const at = text.lastIndexOf('@');
  const what = at < 0 ? text : text.slice(0, at);
  try {
    const action = parseAction(what);
    return {
      ok: true,
      fault: { text, action, when: parseWhen(at < 0 ? undefined : text.slice(at + 1), action) },
    };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, message: `fault "${text}": ${error.message}` };
    throw error;
  }
};

const parseAction = (what: string): FaultAction => {
  const [name = '', ...rest] = what.split(':');
  switch (name) {
    case 'alarm':
      // An alarm's name may hold colons.
      return { kind: 'alarm', name: rest.length === 0 ? undefined : rest.join(':') };
    case 'scale':
      return { kind: 'scale', desiredCount: parseCount(onlyPart(rest, 'a number of tasks after "scale:"')) };
    case 'load':
      return { kind: 'load', factor: parseFactor(onlyPart(rest, 'a factor after "load:"')) };
    case 'throttle':
      return parseThrottle(rest);
    case 'unattached':
      return {
        kind: 'unattached',
        forMs: rest.length === 0 ? DEFAULT_UNATTACHED_MS : parseTime(rest.join(':')),
      };
    default:
      return fromCatalogues(what, name, rest);
  }
};

/** What has no parts of its own to read: an operator's command, and the rows of the two catalogues. */
const fromCatalogues = (what: string, name: string, rest: string[]): FaultAction => {
  const worldFault = injectedFaultNamed(what);
  if (worldFault !== undefined) return { kind: 'world', name: worldFault.name };
  const callFault = callFaultNamed(name);
  if (callFault !== undefined) {
    const [service, operation, more] = rest;
    if (more !== undefined) fail(`${name}:SERVICE:Operation`, what);
    return {
      kind: 'call',
      fault: callFault,
      service: parseService(service),
      operation: parseOperation(operation),
    };
  }
  const command = commandKinds.find((kind) => kind === name);
  if (command !== undefined && rest.length === 0) return { kind: 'command', command };
  if (command !== undefined) return fail(`"${command}" alone`, what);
  const forms = faultHelp.filter(({ form }) => namesIn(form).includes(name));
  if (forms.length > 0)
    return fail(forms.map(({ form }) => form.replace(/\[?@WHEN.*/, '')).join(' or '), what);
  return fail(`one of ${faultNames.join(', ')}`, name, didYouMean(name, faultNames));
};

const onlyPart = (parts: string[], expected: string): string =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : fail(expected, parts.join(':'));

const parseCount = (text: string): number => {
  const count = Number(text);
  return /^\d+$/.test(text) && count <= MAX_DESIRED_COUNT
    ? count
    : fail(`a number of tasks from 0 to ${MAX_DESIRED_COUNT}`, text);
};

const parseFactor = (text: string): number => {
  const factor = Number(/^(\d{1,2}(?:\.\d{1,2})?)x$/.exec(text)?.[1] ?? Number.NaN);
  return Number.isNaN(factor) ? fail('a factor from 0x to 99x, such as 2x', text) : factor;
};

const parseThrottle = ([service, ...rest]: string[]): FaultAction => {
  const isDuration = (text: string | undefined): boolean => text !== undefined && /^\d/.test(text);
  const operation = isDuration(rest[0]) ? undefined : rest.shift();
  const duration = rest.shift();
  if (rest.length > 0) fail('throttle:SERVICE[:Operation][:60s]', rest.join(':'));
  return {
    kind: 'throttle',
    service: parseService(service),
    operation: operation === undefined ? undefined : parseOperation(operation),
    forMs: duration === undefined ? DEFAULT_THROTTLE_MS : parseTime(duration),
  };
};

const parseService = (text: string | undefined): ApiService =>
  services.find((service) => service === text) ?? fail(`a service, one of ${services.join(', ')}`, text);

const parseOperation = (text: string | undefined): string =>
  text !== undefined && /^[A-Z][A-Za-z]+$/.test(text)
    ? text
    : fail('an API operation such as CreateTaskSet', text);

const parseTime = (text: string): number => parseDuration(text) ?? fail(DURATION_FORM, text);

const parseWhen = (text: string | undefined, action: FaultAction): FaultWhen => {
  if (text === undefined && action.kind === 'call') return { kind: 'call', call: 1 };

  const expected = `${whenHelp.map(({ form }) => form).join(', ')} after "@"`;
  if (text === undefined || text === '') return fail(expected, text);
  if (text.startsWith('+')) return { kind: 'after', ms: parseTime(text.slice(1)) };

  const [name, value = '', more] = text.split(':');
  if (more !== undefined) return fail(expected, text);
  if (name === 'shift') return { kind: 'shift', shift: parseOrdinal(value, 'shift') };
  if (name === 'call') return { kind: 'call', call: parseOrdinal(value, 'call') };
  if (name === 'state')
    return value === '' ? fail('a state after "state:"', value) : { kind: 'state', state: value };
  return fail(expected, text);
};

const parseOrdinal = (text: string, name: string): number =>
  /^[1-9]\d{0,5}$/.test(text) ? Number(text) : fail(`a number from 1 after "${name}:"`, text);
