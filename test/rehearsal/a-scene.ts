import { expect } from 'vitest';
import type { CommandMessage } from '../../aws/command-function.ts';
import type { CommandKind } from '../../core/vocabulary/command.types.ts';
import type { Decision } from '../../core/vocabulary/decision.types.ts';
import type { Behaviour } from '../../sim/parts.types.ts';
import {
  alarmName,
  groupArn,
  quickHealthy,
  type Revision,
  type SmallService,
} from '../../verify/stage/small-names.ts';
import { smallRequest, smallWorld } from '../../verify/stage/small-world.ts';
import { type DeploymentEnd, runStage, type Stage } from '../../verify/stage/stage.ts';

/** One small service and all who deploy to it, watch it, stop it or send it something. */

const usual: SmallService = { name: 'web', routes: ['default', 'rule'], sticky: false, first: false };
export const ALARM = alarmName(usual.name);

/** 20 % for ten minutes, then everything with blue kept for ten. */
const SHIFTS = [
  { greenPct: 20, bake: '10m' },
  { greenPct: 100, bake: '10m' },
];

export type Scene = {
  stage: Stage;
  /** Milliseconds since the scene began. */
  now(): number;
  at(ms: number, happens: () => void): void;
  /** A moment after the workflow enters a state for the n-th time, whichever execution it is. */
  when(state: string, happens: () => void, options?: { nth?: number; afterMs?: number }): void;
  /** Through the Lambda, as the command line does it. */
  say(command: CommandKind, changes?: Partial<CommandMessage>): void;
  alarm(state: 'ALARM' | 'OK'): void;
  /** Stops whatever runs. */
  stop(): void;
};

export type Played = {
  ends: DeploymentEnd[];
  settled: boolean;
  violations: string[];
  /** Of every write to a route: green's share, percent. */
  weights: { atMs: number; green: number }[];
  entered: { atMs: number; state: string }[];
  decisions: (Decision & { atMs: number })[];
  /** What came of each command: `accepted`, or why it was not. */
  answers: string[];
  /** How every execution ended. */
  executions: { name: string; status: string; cause: string | undefined }[];
};

export type PlayOptions = {
  /** One deployment unless said otherwise; each with a revision of its own. */
  deployments?: { startAfterMs?: number; request?: Record<string, unknown> }[];
  version?: Behaviour;
  /** What is special about the service. */
  shape?: Partial<SmallService>;
  seed?: number;
  script?(scene: Scene): void;
};

/** Into a state, and not in the middle of the event that tells of it. */
const A_MOMENT_MS = 1_000;

/** Percent; a group alone gets everything. */
const greenShare = (data: Record<string, unknown> | undefined): number => {
  const groups = (data?.groups ?? []) as { targetGroupArn: string; weight: number }[];
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const green = groups.find(({ targetGroupArn }) => targetGroupArn === groupArn(usual.name, 'b'));
  return Math.round((100 * (green?.weight ?? 0)) / (total || 1));
};

const onStage = (stage: Stage, played: Played): Scene => {
  const { kernel, cloudWatch } = stage.world;
  const { scheduler } = kernel;
  const startedAtMs = scheduler.nowMs();
  let commands = 0;
  return {
    stage,
    now: () => scheduler.nowMs() - startedAtMs,
    at: (ms, happens) => scheduler.after(ms, happens),
    when: (state, happens, { nth = 1, afterMs = A_MOMENT_MS } = {}) => {
      let seen = 0;
      kernel.onEvent(({ kind, data }) => {
        if (kind !== 'step' || data?.phase !== 'entered' || data.state !== state) return;
        seen += 1;
        if (seen === nth) scheduler.after(afterMs, happens);
      });
    },
    say: (command, changes = {}) => {
      commands += 1;
      const request: CommandMessage = {
        cluster: 'proof',
        service: usual.name,
        command,
        by: 'ada',
        reason: 'the banner is wrong',
        id: `c_${commands}`,
        ...changes,
      };
      stage.orchestrator.lambda.invoke('Command', request, { executionArn: undefined }).then(
        () => played.answers.push('accepted'),
        (error: Error) => played.answers.push(error.message),
      );
    },
    alarm: (state) => cloudWatch.setAlarm(ALARM, state, 'by the test'),
    stop: () => {
      const { stepFunctions } = stage.orchestrator;
      for (const { arn, status } of stepFunctions.executions()) {
        if (status === 'RUNNING') stepFunctions.stopExecution(arn, 'stopped by a person');
      }
    },
  };
};

export const play = async ({
  deployments = [{}],
  version = quickHealthy,
  shape = {},
  seed = 1,
  script,
}: PlayOptions = {}): Promise<Played> => {
  const played: Played = {
    ends: [],
    settled: false,
    violations: [],
    weights: [],
    entered: [],
    decisions: [],
    answers: [],
    executions: [],
  };
  const service = { ...usual, ...shape };
  let stage: Stage | undefined;
  const result = await runStage({
    world: smallWorld([service]),
    seed,
    behaviourOf: (arn) => (arn.endsWith(':1') ? quickHealthy : version),
    deployments: deployments.map(({ startAfterMs = 0, request }, index) => ({
      service,
      startAfterMs,
      request: { ...smallRequest(service, Math.min(index + 2, 3) as Revision), shifts: SHIFTS, ...request },
    })),
    onEvent: ({ kind, data }, atMs) => {
      if (kind === 'weights') played.weights.push({ atMs, green: greenShare(data) });
      if (kind !== 'step') return;
      if (data?.phase === 'entered') played.entered.push({ atMs, state: String(data.state) });
      if (data?.phase === 'succeeded' && data.state === 'JudgeHealth')
        played.decisions.push({ ...(data.result as Decision), atMs });
    },
    disturb: (given) => {
      stage = given;
      script?.(onStage(given, played));
    },
  });

  const executions = stage?.orchestrator.stepFunctions.executions() ?? [];
  return {
    ...played,
    ends: result.ends,
    settled: result.settled,
    violations: [
      ...result.violations.map(({ invariant, message }) => `${invariant}: ${message}`),
      ...result.problems,
    ],
    executions: executions.map(({ name, status, cause }) => ({ name, status, cause })),
  };
};

export const outcomesOf = ({ ends }: Played) => ends.map(({ outcome }) => outcome?.kind ?? null);

/** Green's share as it changed, both routes as one. */
export const sharesOf = ({ weights }: Played): number[] =>
  weights.map(({ green }) => green).filter((green, index, all) => index === 0 || green !== all[index - 1]);

/** When every route last had no weight for green after some had it, milliseconds since the start. */
export const restoredAtMs = ({ weights }: Played): number => {
  const last = weights.at(-1);
  if (last === undefined || last.green !== 0)
    throw new Error('the last write does not take green its weight');
  return last.atMs;
};

/** Whatever happened: nothing unsafe was done, nothing is held or left, and nobody lost a request. */
export const expectSafe = (played: Played): void => {
  expect(played.violations).toEqual([]);
  expect(played.settled).toBe(true);
  expect(played.ends.map(({ losses }) => losses)).toEqual(played.ends.map(() => ({})));
};
