import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import type { TaskPlay } from '../../sim/parts.types.ts';
import type { UserFunction } from '../../sim/user-functions.ts';

/** How a hook behaves in a rehearsal. */
export type HookBehaviour = { name: string; kind: HookBehaviourKind; count: number; reason: string };

/** Lambda's own limit [fact 108]. */
const LONGEST_CALL_MS = 15 * MINUTE_MS;

export const lambdaError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });

type Given = Pick<HookBehaviour, 'count' | 'reason'>;

/** Of a task: absent where the behaviour is a function's alone. */
type PlayTask = (given: Given, times: { timeoutMs: number }) => TaskPlay;

type Behave = (given: Given) => UserFunction;

const cutoverIn = (event: Record<string, unknown>): Record<string, unknown> =>
  (event.cutover as Record<string, unknown> | undefined) ?? event;

/** A function that counts the calls of each run. */
const counting = (answer: (call: number, event: Record<string, unknown>) => unknown): UserFunction => {
  const calls = new Map<unknown, number>();
  return async (event) => {
    const { runId } = cutoverIn(event);
    const call = (calls.get(runId) ?? 0) + 1;
    calls.set(runId, call);
    return answer(call, event);
  };
};

const inProgress = (call: number) => ({
  hookStatus: 'IN_PROGRESS',
  callBackDelay: 30,
  hookDetails: { call },
  reason: `call ${call}`,
});

const succeeded = { hookStatus: 'SUCCEEDED', reason: 'rehearsed' };

export type HookBehaviourRow = {
  takes: 'reason' | 'count' | null;
  help: string;
  behave: Behave;
  task?: PlayTask;
};

/** What follows `:` is a text, a number, or nothing. */
export const hookBehaviours = {
  passes: {
    takes: null,
    help: 'answers SUCCEEDED, or exits with 0',
    task: () => ({ runsMs: 20 * SECOND_MS, exitCode: 0 }),
    behave: () => async () => succeeded,
  },
  fails: {
    takes: 'reason',
    help: 'answers FAILED, or exits with 1',
    task: ({ reason }) => ({ runsMs: 20 * SECOND_MS, exitCode: 1, reason }),
    behave:
      ({ reason }) =>
      async () => ({ hookStatus: 'FAILED', reason }),
  },
  hangs: {
    takes: null,
    help: 'does not answer until Lambda ends it, after 15 minutes; a task does not end',
    task: () => ({ runsMs: Number.POSITIVE_INFINITY, exitCode: 0 }),
    behave:
      () =>
      async (_event, { clock }) => {
        await clock.sleep(LONGEST_CALL_MS);
        throw lambdaError('Sandbox.Timedout', 'Error: Task timed out after 900.00 seconds');
      },
  },
  'times-out': {
    takes: null,
    help: 'answers IN_PROGRESS for ever; a task does not end',
    task: () => ({ runsMs: Number.POSITIVE_INFINITY, exitCode: 0 }),
    behave: () => counting((call) => ({ ...inProgress(call), callBackDelay: 0 })),
  },
  'in-progress': {
    takes: 'count',
    help: 'answers IN_PROGRESS so often, then SUCCEEDED; a task takes so many minutes',
    task: ({ count }) => ({ runsMs: count * MINUTE_MS, exitCode: 0 }),
    behave: ({ count }) => counting((call) => (call <= count ? inProgress(call) : succeeded)),
  },
  crashes: {
    takes: null,
    help: 'throws, or is killed with 137',
    task: () => ({
      runsMs: 20 * SECOND_MS,
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    }),
    behave: () => async () => {
      throw lambdaError('TypeError', "Cannot read properties of undefined (reading 'weights')");
    },
  },
  garbage: {
    takes: null,
    help: 'answers "succeeded", or stops without an exit code',
    task: () => ({ runsMs: 20 * SECOND_MS }),
    behave: () => async () => 'succeeded',
  },
  'never-starts': {
    takes: null,
    help: 'cannot be called; the image of a task cannot be pulled',
    task: () => ({
      runsMs: 0,
      cannotStart: 'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
    }),
    behave: () => async () => {
      throw lambdaError('Lambda.AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction');
    },
  },
  huge: {
    takes: null,
    help: 'answers more than an execution holds',
    behave: () => async () => ({ ...succeeded, log: 'x'.repeat(300_000) }),
  },
  late: {
    takes: null,
    help: 'answers SUCCEEDED, or exits with 0, after its time is over',
    task: (_given, { timeoutMs }) => ({ runsMs: timeoutMs + 30 * SECOND_MS, exitCode: 0 }),
    behave:
      () =>
      async (event, { clock }) => {
        const deadlineMs = Number(cutoverIn(event).deadlineMs);
        const untilMs = deadlineMs + 30 * SECOND_MS - clock.nowMs();
        if (untilMs > LONGEST_CALL_MS) return { hookStatus: 'IN_PROGRESS', callBackDelay: 300 };
        await clock.sleep(Math.max(0, untilMs));
        return succeeded;
      },
  },
  flaky: {
    takes: 'count',
    help: 'is throttled by Lambda so often, then answers SUCCEEDED; ECS has no room for a task so often',
    task: ({ count }) => ({
      refused: {
        times: count,
        reason:
          'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      },
      runsMs: 20 * SECOND_MS,
      exitCode: 0,
    }),
    behave: ({ count }) =>
      counting((call) => {
        if (call <= count) throw lambdaError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
        return succeeded;
      }),
  },
} as const satisfies Record<string, HookBehaviourRow>;

type HookBehaviourKind = keyof typeof hookBehaviours;

const kinds = Object.keys(hookBehaviours) as HookBehaviourKind[];

/** As a person types it: `fails:REASON`. */
export const hookBehaviourForms = kinds.map((kind) => {
  const { takes, help } = hookBehaviours[kind];
  return { form: takes === null ? kind : `${kind}:${takes === 'count' ? 'N' : 'REASON'}`, help };
});

const MOST_CALLS = 1_000;

/** Reads `NAME=BEHAVIOUR`. */
export const parseHookBehaviour = (
  text: string,
): { ok: true; behaviour: HookBehaviour } | { ok: false; message: string } => {
  const refuse = (why: string) => ({ ok: false as const, message: `--hook ${text}: ${why}` });
  const [, name, kindText, rest] = /^([^=]+)=([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (name === undefined || kindText === undefined)
    return refuse('expected NAME=BEHAVIOUR, such as smoke=fails');
  const kind = kinds.find((one) => one === kindText);
  if (kind === undefined) {
    const meant = didYouMean(kindText, kinds);
    const forms = hookBehaviourForms.map(({ form }) => form).join(', ');
    return refuse(
      `expected one of ${forms}, found "${kindText}"${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    );
  }
  const { takes } = hookBehaviours[kind];
  if (takes === null && rest !== undefined) return refuse(`expected ${kind} alone, found "${rest}" after it`);
  const count = Number(rest ?? '1');
  if (takes === 'count' && !(Number.isInteger(count) && count >= 1 && count <= MOST_CALLS))
    return refuse(`expected ${kind}:N with N from 1 to ${MOST_CALLS}, found "${rest}"`);
  const reason = takes === 'reason' ? (rest ?? 'rehearsed failure') : '';
  return { ok: true, behaviour: { name, kind, count: takes === 'count' ? count : 0, reason } };
};
