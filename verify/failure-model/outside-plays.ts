import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { worldFaultNamed } from '../../rehearsal/faults/world-faults.ts';
import type { ApiCall, ApiService, CallFault } from '../../sim/kernel/call.types.ts';
import { lambdaThrottles } from '../../statemachine/lambda-errors.ts';
import { baseNamed } from '../exhaust/bases.ts';
import { watchPoints } from '../stage/points.ts';
import { sceneOf } from '../stage/scene.ts';
import type { Stage } from '../stage/stage.ts';
import { type Played, playedNamed } from './deployments.ts';

/** Something that fails around the workflow, played against one deployment. */
type OutsidePlay = { played: Played; disturb(stage: Stage): void };

const byAlarm = playedNamed('alarm');
const stopped = playedNamed('recovery');

/** Healthy, with time to be struck in: a quarter of an hour at 20 %. */
const baking: Played = {
  ...playedNamed('forward'),
  name: 'baking',
  description: 'a healthy version that bakes at 20 % for a quarter of an hour',
  base: {
    ...(baseNamed('canary') as Played['base']),
    request: {
      ...baseNamed('canary')?.request,
      shifts: [
        { greenPct: 20, bake: '15m' },
        { greenPct: 100, bake: '10s' },
      ],
    },
  },
  since: 'the fault',
};

type When = (stage: Stage, then: () => void) => void;

/** A minute into the first bake. */
const whileBaking: When = (stage, then) => {
  let done = false;
  watchPoints(stage, {
    state: (state) => {
      if (state !== 'Bake' || done) return;
      done = true;
      stage.world.kernel.scheduler.after(MINUTE_MS, then);
    },
  });
};

const atTheAlarm: When = (stage, then) => {
  let done = false;
  stage.world.cloudWatch.onChange(({ to }) => {
    if (to !== 'ALARM' || done) return;
    done = true;
    then();
  });
};

const atTheStop: When = (stage, then) => {
  stage.world.kernel.onEvent(({ data }) => {
    if (data?.fault === 'stopped') then();
  });
};

/** Every call that is `like` this goes wrong for so long. */
const outage =
  (when: When, forMs: number, fault: CallFault, like: (call: ApiCall) => boolean) =>
  (stage: Stage): void => {
    const { kernel } = stage.world;
    let untilMs = 0;
    when(stage, () => {
      untilMs = kernel.scheduler.nowMs() + forMs;
      kernel.emit({ kind: 'fault', what: `${fault} from now on`, detail: true });
    });
    kernel.intercept((call) => (kernel.scheduler.nowMs() < untilMs && like(call) ? fault : undefined));
  };

const of =
  (...services: ApiService[]) =>
  ({ service }: ApiCall): boolean =>
    services.includes(service);

const everything = (): boolean => true;
const isSweep = ({ by }: ApiCall): boolean => by === 'Sweep';
const writesRoutes = ({ operation }: ApiCall): boolean =>
  ['ModifyRule', 'ModifyListener'].includes(operation);

/** A person, or a script that tidies tables. */
const deleted =
  (which: 'lease' | 'record') =>
  (stage: Stage): void => {
    const { kernel, dynamoDb } = stage.world;
    whileBaking(stage, () => {
      kernel.emit({ kind: 'fault', what: `the ${which}'s item is deleted`, detail: true });
      const item = dynamoDb
        .items()
        .find(({ pk, sk }) => (which === 'lease' ? pk === 'leases' : sk === 'record'));
      const Key = { pk: { S: String(item?.pk) }, sk: { S: String(item?.sk) } };
      void dynamoDb.client.send(new DeleteItemCommand({ TableName: 'cutover', Key }));
    });
  };

/** No step's Lambda starts for so long. */
const lambdaThrottled =
  (when: When, forMs: number) =>
  (stage: Stage): void => {
    const { kernel } = stage.world;
    let untilMs = 0;
    when(stage, () => {
      untilMs = kernel.scheduler.nowMs() + forMs;
      kernel.emit({ kind: 'fault', what: 'Lambda throttles', detail: true });
    });
    stage.aroundInvoke((invoke) => async (step, payload, context) => {
      if (kernel.scheduler.nowMs() < untilMs)
        throw Object.assign(new Error('Rate Exceeded.'), { name: lambdaThrottles[0] });
      return invoke(step, payload, context);
    });
  };

const events =
  (decide: () => { lost: true } | { lateMs: number } | { times: number }) =>
  (stage: Stage): void => {
    stage.orchestrator.deliverBy(decide);
  };

/** A writer who comes back. */
const again =
  (name: string, times: number, everyMs: number, fromMs = 0) =>
  (stage: Stage): void => {
    const { kernel } = stage.world;
    const [deployment] = stage.deployments;
    const worldFault = worldFaultNamed(name);
    whileBaking(stage, () => {
      kernel.emit({ kind: 'fault', what: `${name}, ${times} times`, detail: true });
      for (let time = 0; time < times; time += 1) {
        kernel.scheduler.after(fromMs + time * everyMs, () => {
          if (deployment !== undefined) worldFault?.apply(sceneOf(stage, deployment));
        });
      }
    });
  };

/** An API answers 500 for ten minutes, or so long as given. */
const apiDown = (played: Played, when: When, service: ApiService, forMs = 10 * MINUTE_MS): OutsidePlay => ({
  played,
  disturb: outage(when, forMs, 'serverError', of(service)),
});

/** Nothing arrives anywhere for an hour, no event either. */
const allDown = (played: Played, when: When): OutsidePlay =>
  withoutEvents({
    played,
    disturb: outage(when, HOUR_MS, 'unsent', everything),
  });

const withoutEvents = ({ played, disturb }: OutsidePlay): OutsidePlay => ({
  played,
  disturb: (stage) => {
    disturb(stage);
    events(() => ({ lost: true }))(stage);
  },
});

/** By the name of the failure in outside.ts. */
export const outsidePlays = {
  'alarm event lost': { played: byAlarm, disturb: events(() => ({ lost: true })) },
  'alarm event late': { played: byAlarm, disturb: events(() => ({ lateMs: 5 * MINUTE_MS })) },
  'alarm event doubled': { played: byAlarm, disturb: events(() => ({ times: 2 })) },
  'sweep down': {
    played: stopped,
    disturb: outage(atTheStop, HOUR_MS, 'unsent', isSweep),
  },
  'status event lost': { played: stopped, disturb: events(() => ({ lost: true })) },
  'table down while baking': apiDown(baking, whileBaking, 'dynamodb'),
  'table down at the alarm': apiDown(byAlarm, atTheAlarm, 'dynamodb'),
  'lease deleted': { played: baking, disturb: deleted('lease') },
  'record deleted': { played: baking, disturb: deleted('record') },
  'record deleted, then stopped': {
    played: baking,
    disturb: (stage) => {
      deleted('record')(stage);
      again('stopped', 1, MINUTE_MS, 2 * MINUTE_MS)(stage);
    },
  },
  'Lambda throttled while baking': { played: baking, disturb: lambdaThrottled(whileBaking, 10 * MINUTE_MS) },
  'Lambda throttled at the alarm': { played: byAlarm, disturb: lambdaThrottled(atTheAlarm, 10 * MINUTE_MS) },
  'permission to write routes gone': {
    played: byAlarm,
    disturb: outage(atTheAlarm, 30 * MINUTE_MS, 'denied', writesRoutes),
  },
  'key disabled': {
    played: byAlarm,
    disturb: outage(atTheAlarm, 30 * MINUTE_MS, 'denied', of('dynamodb')),
  },
  'load balancer API down while baking': apiDown(baking, whileBaking, 'elbv2'),
  'load balancer API down at the alarm': apiDown(byAlarm, atTheAlarm, 'elbv2'),
  'ECS API down while baking': apiDown(baking, whileBaking, 'ecs'),
  'CloudWatch API down while baking': apiDown(baking, whileBaking, 'cloudwatch'),
  'EventBridge down at the alarm': withoutEvents(apiDown(byAlarm, atTheAlarm, 'eventbridge', HOUR_MS)),
  'Step Functions API down at the alarm': apiDown(byAlarm, atTheAlarm, 'sfn'),
  'every API down while baking': allDown(baking, whileBaking),
  'every API down at the alarm': allDown(byAlarm, atTheAlarm),
  'weights reset every minute': { played: baking, disturb: again('foreign-weights', 30, MINUTE_MS) },
} as const satisfies Record<string, OutsidePlay>;
