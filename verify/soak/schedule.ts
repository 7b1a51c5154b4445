import { SECOND_MS } from '../../core/clock.ts';
import { type CommandKind, commandKinds } from '../../core/vocabulary/command.types.ts';
import { callFaultNames } from '../../rehearsal/faults/call-faults.ts';
import { STALE_READS, worldFaultNamed, worldFaultNames } from '../../rehearsal/faults/world-faults.ts';
import type { ApiService, CallFault } from '../../sim/kernel/call.types.ts';
import { pick, type Random, seededRandom } from '../../sim/kernel/random.ts';
import { players } from '../faults/players.ts';
import { BEHIND_NETWORK, type Revision, type SmallService } from '../stage/small-names.ts';
import { smallRequest } from '../stage/small-world.ts';
import type { Deployment } from '../stage/stage.ts';
import { hooksFrom } from './soak-hooks.ts';

/** One fault of a schedule, as plain data: printed, kept, taken away again by the shrinker. */
export type SoakFault =
  /** The call of that number goes wrong. */
  | { kind: 'call'; at: number; fault: CallFault }
  /** A service answers every call so for a while. */
  | { kind: 'outage'; atSeconds: number; forSeconds: number; service: ApiService; fault: CallFault }
  | { kind: 'world'; atSeconds: number; name: string; deployment: number }
  | {
      kind: 'command';
      atSeconds: number;
      command: CommandKind;
      deployment: number;
      resumeAfterSeconds: number;
    }
  /** Every alarm of the account goes red and green again so many times. */
  | { kind: 'alarmStorm'; atSeconds: number; flaps: number }
  /** Events are on their way for longer, come twice, or not at all. */
  | { kind: 'events'; atSeconds: number; forSeconds: number; how: 'lost' | 'doubled' | 'late' };

export type Schedule = {
  seed: number;
  services: SmallService[];
  deployments: (Deployment & { revision: Revision })[];
  /** By `service:revision`. */
  versions: Record<string, string>;
  faults: SoakFault[];
};

/** Deployments overlap, and everything lies within the time they take. */
const LAST_START_SECONDS = 240;
const LAST_FAULT_SECONDS = 480;
/** About as many calls as two deployments make. */
const LAST_CALL = 400;

const NAMES = ['web', 'api', 'shop'] as const;
const API_SERVICES: readonly ApiService[] = ['ecs', 'elbv2', 'cloudwatch', 'dynamodb', 'eventbridge', 'sfn'];
const CALL_FAULTS = callFaultNames.filter((name) => players[name].soak === true);
const WORLD_FAULTS = worldFaultNames.filter((name) => players[name].soak === true);
const BESIDE = worldFaultNames.filter((name) => players[name].soak === 'beside');
const VERSIONS = ['healthy', 'healthy', 'healthy', 'errors:50%', 'never-healthy', 'crash-loop'];
const SHIFTS: readonly (readonly number[])[] = [[100], [20, 100], [10, 50, 100]];
const BAKES = ['5s', '30s', '2m'];

/** By a chance of its own, so that what the seed stands for beside it stays. */
const testOf = (seed: number, name: string): Pick<SmallService, 'test'> => {
  const random = seededRandom(seed, `test route of ${name}`);
  return random.next() < 0.25 ? { test: pick(random, ['rule', 'listener']) } : {};
};

/**
 * By a chance of its own, too: a rule of the first service's listener, where two deployments then write at once. The
 * testers of one would be the other's users.
 */
const behindFirst = (seed: number, service: SmallService): SmallService => {
  const [first] = NAMES;
  if (service.name === first || seededRandom(seed, `listener of ${service.name}`).next() >= 0.4)
    return service;
  const { test: _test, ...rest } = service;
  return { ...rest, routes: ['rule'], behind: first };
};

/** By a chance of its own, too: one with a listener of its own may have a network load balancer, which has no rules. */
const behindNetwork = (seed: number, service: SmallService): SmallService => {
  const { behind, name } = service;
  if (behind !== undefined || name !== NAMES[1] || seededRandom(seed, `network of ${name}`).next() >= 0.25)
    return service;
  const { test, ...rest } = service;
  return {
    ...rest,
    name: BEHIND_NETWORK,
    routes: ['default'],
    sticky: false,
    ...(test === 'listener' ? { test } : {}),
  };
};

/** By a chance of its own, too: a service without a task set takes over the users of another one. */
const takingOver = (seed: number, service: SmallService): SmallService =>
  service.first && seededRandom(seed, `users of ${service.name}`).next() < 0.5
    ? { ...service, first: false, takesOver: true }
    : service;

const serviceFrom = (random: Random, seed: number, name: string): SmallService => {
  const routes = pick(random, [['default'], ['rule'], ['default', 'rule']] as const);
  const first = random.next() < 0.2;
  // Before a first deployment the users of a sticky route hold cookies for an empty group: lost, and by nobody's doing.
  const sticky = !first && random.next() < 0.3;
  const service = { name, routes, first, sticky, ...testOf(seed, name) };
  return behindNetwork(seed, behindFirst(seed, takingOver(seed, service)));
};

const requestFrom = (
  random: Random,
  seed: number,
  service: SmallService,
  revision: Revision,
): Record<string, unknown> => {
  const shifts = pick(random, SHIFTS).map((greenPct) => ({
    greenPct,
    bake: pick(random, BAKES),
    ...(random.next() < 0.1 && greenPct < 100 ? { approval: true } : {}),
  }));
  return {
    ...smallRequest(service, revision),
    shifts,
    whenBusy: pick(random, ['reject', 'queue', 'supersede']),
    ...hooksFrom(seed, `${service.name}:${revision}`),
    ...(service.takesOver === true ? {} : capacityFrom(seed, `${service.name}:${revision}`)),
  };
};

/** By a chance of its own, too: one task of two up to half of the users, then both. */
const capacityFrom = (seed: number, of: string): { capacity?: object } =>
  seededRandom(seed, `capacity of ${of}`).next() < 0.3 ? { capacity: { headroom: 1, minTasks: 1 } } : {};

const faultFrom = (random: Random, deployments: number): SoakFault => {
  const atSeconds = random.between(1, LAST_FAULT_SECONDS);
  const deployment = random.between(0, deployments - 1);
  switch (random.between(0, 10)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'call', at: random.between(0, LAST_CALL), fault: pick(random, CALL_FAULTS) };
    case 3:
      return {
        kind: 'outage',
        atSeconds,
        forSeconds: random.between(5, 150),
        service: pick(random, API_SERVICES),
        fault: pick(random, ['throttle', 'unsent', 'serverError']),
      };
    case 4:
    case 5: {
      const command = pick(random, commandKinds);
      return { kind: 'command', atSeconds, command, deployment, resumeAfterSeconds: random.between(30, 300) };
    }
    case 6:
      return {
        kind: 'events',
        atSeconds,
        forSeconds: random.between(30, 600),
        how: pick(random, ['lost', 'doubled', 'late']),
      };
    case 7:
      return { kind: 'alarmStorm', atSeconds, flaps: random.between(1, 6) };
    default:
      return { kind: 'world', atSeconds, name: pick(random, WORLD_FAULTS), deployment };
  }
};

/** By a chance of its own: somebody's stronger hand, or a colour that dies or errs. */
const besideFrom = (seed: number, deployments: number, nth: number): SoakFault => {
  const random = seededRandom(seed, nth === 0 ? 'beside the others' : `beside the others, ${nth}`);
  return {
    kind: 'world',
    atSeconds: random.between(1, LAST_FAULT_SECONDS),
    name: pick(random, BESIDE),
    deployment: random.between(0, deployments - 1),
  };
};

/** Everything a seed stands for; with so many of the stronger faults. */
export const scheduleOf = (seed: number, stronger = 1): Schedule => {
  const random = seededRandom(seed, 'soak');
  const services = NAMES.slice(0, random.between(1, NAMES.length)).map((name) =>
    serviceFrom(random, seed, name),
  );
  const versions: Record<string, string> = {};
  const deployments = services.flatMap((service) => {
    const again = !service.first && service.takesOver !== true && random.next() < 0.4;
    const revisions: Revision[] = again ? [2, 3] : [2];
    return revisions.map((revision) => {
      versions[`${service.name}:${revision}`] = pick(random, VERSIONS);
      return {
        service,
        revision,
        request: requestFrom(random, seed, service, revision),
        startAfterMs: random.between(0, LAST_START_SECONDS) * SECOND_MS,
      };
    });
  });
  const faults = Array.from({ length: random.between(1, 6) }, () => faultFrom(random, deployments.length));
  const beside = Array.from({ length: stronger }, (_, nth) => besideFrom(seed, deployments.length, nth));
  const seen = faults.filter((one) => !endsUnseen(one, faults, deployments));
  const all = [...seen, ...beside.filter((one) => canBeSeen(one, faults) && !killsTheLast(one, faults))];
  return { seed, services, deployments, versions, faults: withoutTwins(all) };
};

/** What somebody writes while reads are old can be seen by nobody, and a deployment that ends meanwhile has ended. */
const canBeSeen = (beside: SoakFault, faults: readonly SoakFault[]): boolean =>
  beside.kind !== 'world' ||
  worldFaultNamed(beside.name)?.does !== 'writesRoutes' ||
  !faults.some((fault) => fault.kind === 'world' && fault.name === STALE_READS);

/**
 * The last read of a deployment that takes over users is also its end: no task has to go, and no later read finds what
 * somebody wrote while reads were old.
 */
const endsUnseen = (
  fault: SoakFault,
  faults: readonly SoakFault[],
  deployments: Schedule['deployments'],
): boolean =>
  fault.kind === 'world' &&
  deployments[fault.deployment]?.service.takesOver === true &&
  !canBeSeen(fault, faults);

/** All but one of a colour's tasks are gone and no other can be placed: without that one nothing is left. */
const killsTheLast = (beside: SoakFault, faults: readonly SoakFault[]): boolean =>
  beside.kind === 'world' &&
  faults.some(
    (fault) =>
      fault.kind === 'world' &&
      fault.deployment === beside.deployment &&
      worldFaultNamed(fault.name)?.does === 'killsTask' &&
      beside.name === `mostly-dies:${fault.name.split('-')[0]}`,
  );

/** One death of a colour and service: with two, nothing would be left to serve, which no deployment can help. */
const withoutTwins = (faults: SoakFault[]): SoakFault[] => {
  const deaths = new Set<string>();
  return faults.filter((fault) => {
    if (fault.kind !== 'world' || worldFaultNamed(fault.name)?.does !== 'killsTask') return true;
    if (deaths.has(fault.name)) return false;
    deaths.add(fault.name);
    return true;
  });
};

export const describeFault = (fault: SoakFault, { deployments }: Schedule): string => {
  const named = (index: number): string => {
    const deployment = deployments[index];
    return deployment === undefined ? 'nobody' : `${deployment.service.name}:${deployment.revision}`;
  };
  switch (fault.kind) {
    case 'call':
      return `call ${fault.at}: ${fault.fault}`;
    case 'outage':
      return (
        `${fault.service} answers every call with ${fault.fault} from ${fault.atSeconds} s for ` +
        `${fault.forSeconds} s`
      );
    case 'world':
      return `${fault.name} for ${named(fault.deployment)} at ${fault.atSeconds} s`;
    case 'command':
      return (
        `${fault.command} for ${named(fault.deployment)} at ${fault.atSeconds} s, resume ` +
        `${fault.resumeAfterSeconds} s later`
      );
    case 'alarmStorm':
      return `every alarm goes red and green again ${fault.flaps} times from ${fault.atSeconds} s`;
    case 'events':
      return `events are ${fault.how} from ${fault.atSeconds} s for ${fault.forSeconds} s`;
    default:
      return fault satisfies never;
  }
};
