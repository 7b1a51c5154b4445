import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { LAMBDA_TIMEOUT_SECONDS } from '../../core/estimate/lambda-size.ts';
import { lambdaError } from '../../rehearsal/hooks/behaviours.ts';
import type { ApiCall, CallFault } from '../../sim/kernel/call.types.ts';
import { lambdaDeath } from '../../sim/lambda-death.ts';
import type { Invoke } from '../../sim/stepfunctions/task-attempt.ts';
import type { World } from '../../sim/world.ts';
import { type Point, watchPoints } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';
import { NOTHING, type ProofFault } from './fault.types.ts';

/** What stands around one invocation: whether it is the one that is struck, and the error of one that dies. */
type Around = (targeted: () => boolean, death: () => Error) => (invoke: Invoke) => Invoke;

/** A call that goes wrong, and for a state its invocation. */
const callFault = (
  name: string,
  description: string,
  fault: CallFault,
  ofInvocation: Around,
): ProofFault => ({
  name,
  description,
  mayLose: NOTHING,
  endsAlike: true,
  arm: (point) => {
    if (point.kind === 'state' && !point.task) return null;
    return (stage) =>
      point.kind === 'call' ? strike(stage, point.at, fault) : invocation(stage, point, ofInvocation);
  },
});

const strike = ({ world: { kernel } }: Stage, at: number, fault: CallFault): void => {
  let firstIndex: number | undefined;
  kernel.intercept((call) => {
    firstIndex ??= call.index;
    return call.index - firstIndex === at ? fault : undefined;
  });
};

const invocation = (stage: Stage, point: Extract<Point, { kind: 'state' }>, ofInvocation: Around): void => {
  let entered = false;
  watchPoints(stage, {
    state: (_state, at) => {
      entered = at === point.at;
    },
  });
  let struck = 0;
  // The point's own draw, so that every name comes up among a run's points.
  const random = stage.world.kernel.random.fork(`death at ${point.at}`);
  const around = ofInvocation(
    () => struck++ === 0,
    () => lambdaDeath(random),
  );
  stage.aroundInvoke((invoke) => {
    const disturbed = around(invoke);
    return (step, payload, context) =>
      entered && step === point.state ? disturbed(step, payload, context) : invoke(step, payload, context);
  });
};

const struckOnce: readonly ProofFault[] = [
  callFault(
    'dies-before',
    'the process dies before the call; before a state, its invocation never begins',
    'dieBefore',
    (targeted, death) => (invoke) => async (step, payload, context) => {
      if (targeted()) throw death();
      return invoke(step, payload, context);
    },
  ),
  callFault(
    'dies-after',
    'the process dies after the call and before its answer; in a state, after all its work',
    'dieAfter',
    (targeted, death) => (invoke) => async (step, payload, context) => {
      const strikes = targeted();
      const result = await invoke(step, payload, context);
      if (strikes) throw death();
      return result;
    },
  ),
  callFault(
    'times-out',
    'it succeeds and its answer never arrives',
    'lost',
    (targeted) => (invoke) => (step, payload, context) => {
      if (!targeted()) return invoke(step, payload, context);
      return new Promise(() => {
        invoke(step, payload, context).catch(() => undefined);
      });
    },
  ),
  callFault('twice', 'it is delivered twice', 'twice', (targeted) => (invoke) => (step, payload, context) => {
    if (targeted()) invoke(step, payload, context).catch(() => undefined);
    return invoke(step, payload, context);
  }),
];

export const sameCall = (a: ApiCall, b: ApiCall): boolean =>
  a.service === b.service &&
  a.operation === b.operation &&
  a.by === b.by &&
  a.executionArn === b.executionArn &&
  JSON.stringify(a.input) === JSON.stringify(b.input);

/**
 * A call is tried again for as long as its Lambda runs (aws/call.ts); no throttling that ends before is beyond all
 * its retries.
 */
const LONGEST_TRY_MS = LAMBDA_TIMEOUT_SECONDS * SECOND_MS;

/** From the call with this number on, the call and its repeats get this answer for so long. */
const strikeFor = ({ kernel }: World, at: number, forMs: number, fault: CallFault): void => {
  let firstIndex: number | undefined;
  let target: ApiCall | undefined;
  let untilMs = 0;
  kernel.intercept((call) => {
    firstIndex ??= call.index;
    if (call.index - firstIndex === at) {
      target = call;
      untilMs = kernel.scheduler.nowMs() + forMs;
    }
    const struck = target !== undefined && kernel.scheduler.nowMs() < untilMs && sameCall(call, target);
    return struck ? fault : undefined;
  });
};

/** The call and each of its retries, or each try of the state until the workflow gives it up. */
const throttled: ProofFault = {
  name: 'throttled',
  description:
    'the API limits the rate beyond all retries of the call; in a state, Lambda does until the state gives up',
  mayLose: NOTHING,
  // 120 tries, a minute apart on average (statemachine/states.ts).
  keepsFromRunningMs: 2 * HOUR_MS,
  endsAlike: false,
  arm: (point) => {
    if (point.kind === 'call') {
      return ({ world }) => strikeFor(world, point.at, LONGEST_TRY_MS, 'throttle');
    }
    if (!point.task) return null;
    return (stage) =>
      invocation(stage, point, () => () => async () => {
        throw lambdaError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
      });
  },
};

/** Longer than any step of a rollback is tried, were an answer of an error to come. */
const SILENT_MS = 10 * MINUTE_MS;

/** A connection that stays open: no client's patience ends it, and no error says that it failed. */
const silent: ProofFault = {
  name: 'silent',
  description:
    'for ten minutes the call is done and never answered, not even by an error; in a state, every one of its Lambdas ' +
    'runs out of time',
  mayLose: NOTHING,
  endsAlike: false,
  arm: (point) => {
    if (point.kind === 'call') {
      return ({ world }) => strikeFor(world, point.at, SILENT_MS, 'silent');
    }
    if (!point.task) return null;
    return (stage) => {
      const { clock } = stage.world.kernel.scheduler;
      let fromMs: number | undefined;
      invocation(stage, point, () => (invoke) => async (step, payload, context) => {
        fromMs ??= clock.nowMs();
        if (clock.nowMs() - fromMs >= SILENT_MS) return invoke(step, payload, context);
        await clock.sleep(LAMBDA_TIMEOUT_SECONDS * SECOND_MS);
        throw lambdaError('Sandbox.Timedout', 'Task timed out');
      });
    };
  },
};

/** What lasts; the failure model has an API that is down instead. */
export const lastingCallFaults: readonly ProofFault[] = [silent];

export const callFaults: readonly ProofFault[] = [...struckOnce, throttled];
