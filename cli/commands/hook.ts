import { callUserFunction } from '../../aws/user-function.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { readHookAnswer } from '../../core/hooks/answer.ts';
import { executionOf, newRun } from '../../core/hooks/runs.ts';
import type { HookResult, HookStage, LambdaHook, PlannedHook } from '../../core/vocabulary/hooks.types.ts';
import type { Plan } from '../../core/vocabulary/plan.types.ts';
import { sha256 } from '../../functions/identify.ts';
import { openForReading } from '../account/account.ts';
import { candidateOf } from '../account/candidate.ts';
import { checkService } from '../account/check-service.ts';
import { checkRequest, requestFields } from '../account/deployment-request.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED, type ExitCode } from '../exit-codes.ts';
import { callHook } from '../hooks/call-hook.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const USAGE = `test NAME ${TARGET_USAGE} [options]`;
const expectable = ['SUCCEEDED', 'FAILED'] as const;

/** `test`, the hook's name, and what is left for the service. */
const wordsOf = (args: Arguments): { name: string; rest: Arguments } => {
  const [verb, name, ...positionals] = args.positionals;
  if (verb !== 'test' || name === undefined) {
    throw new UsageError(
      `expected \`cutover hook ${USAGE}\`, found ${args.positionals.join(' ') || 'nothing'}`,
      {
        hint: 'NAME is the name of a hook in the request or in cutover.yaml',
      },
    );
  }
  return { name, rest: { ...args, positionals } };
};

const expectationOf = (args: Arguments): HookResult['status'] => {
  const given = args.text('expect') ?? 'SUCCEEDED';
  const known = expectable.find((one) => one === given);
  if (known !== undefined) return known;
  throw new UsageError(`--expect: expected ${expectable.join(' or ')}, found "${given}"`);
};

/** Beside the hook's own: what makes the function refuse, if it goes by its details. */
const detailsOf = (args: Arguments): Record<string, string> =>
  Object.fromEntries(
    args.texts('detail').map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--detail: expected KEY=VALUE, found "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );

const functionHook = (hooks: readonly PlannedHook[], name: string): LambdaHook => {
  const hook = hooks.find((one) => one.name === name);
  if (hook?.kind === 'lambda') return hook;
  if (hook === undefined) {
    const names = hooks.map((one) => one.name);
    const meant = didYouMean(name, names);
    throw new UsageError(`there is no hook ${name}: found ${names.join(', ') || 'none'}`, {
      hint: meant === undefined ? 'hooks are in the request and in cutover.yaml' : `did you mean ${meant}?`,
    });
  }
  const instead =
    hook.kind === 'task'
      ? 'a task needs what a deployment makes: a rehearsal plays it, with --hook'
      : 'a person answers an approval, so there is nothing to call';
  throw new UsageError(`expected a hook that is a function, found ${name}, which is ${hook.kind}`, {
    hint: instead,
  });
};

const stageOf = (hook: LambdaHook, given: string | undefined): HookStage => {
  const stage = given === undefined ? hook.stages[0] : hook.stages.find((one) => one === given);
  if (stage !== undefined) return stage;
  throw new UsageError(`--stage: expected one of the hook's, ${hook.stages.join(', ')}, found "${given}"`);
};

/** A run of a deployment that is never made. */
const runOf = (plan: Plan, hook: LambdaHook, stage: HookStage, nowMs: number) => {
  const deploymentId = `hook-test-${nowMs}`;
  const moment = { stage, step: stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 1 : 0, after: 0 };
  const run = newRun({
    plan,
    hook,
    moment,
    deploymentId,
    greenTaskSetArn: null,
    greenPct: 0,
    nowMs,
    digest: sha256,
    executionArnOf: (runId) => runId,
  });
  return executionOf(deploymentId, hook.functionArn, run);
};

const verdict = (
  { contract, name, verified }: LambdaHook,
  result: HookResult,
  expected: HookResult['status'],
  { out, width }: Terminal,
): ExitCode => {
  const asExpected = result.status === expected;
  out(`${result.status}: ${result.reason}\n`);
  if (!asExpected) {
    const todo =
      expected === 'FAILED'
        ? 'a deployment of this version would pass it; let the function read what the event says of the ' +
          'deployment (--dry-run prints it)'
        : 'a deployment of this version would roll back; the reason above and the function’s log say why';
    out(`${hang(`expected ${expected}: ${todo}`, 2, width)}\n`);
    return EXIT_REFUSED;
  }
  out(`as expected${expected === 'FAILED' ? ': it can refuse' : ''}\n`);
  if (expected === 'FAILED' && contract === 'ecs' && verified !== true)
    out(`${hang(`set "verified": true in hook ${name}, and preflight no longer warns of it`, 2, width)}\n`);
  return EXIT_OK;
};

export const hookCommand: Command = {
  name: 'hook',
  summary: 'call a hook’s function as a deployment would, without one, and compare its answer',
  usage: USAGE,
  exits: [0, 1, 3, 8],
  options: {
    expect: {
      type: 'string',
      value: 'ANSWER',
      help: 'SUCCEEDED (default) or FAILED; with any other answer the exit code is 3',
      offers: expectable,
    },
    stage: { type: 'string', value: 'STAGE', help: 'one of the hook’s; default: its first' },
    detail: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'in hookDetails, beside the request’s; several may be given',
    },
    'dry-run': { type: 'boolean', help: 'prints the event, and calls nothing' },
    'task-definition': {
      type: 'string',
      short: 't',
      value: 'FILE|NAME',
      help: 'the revision that the event is about; default: cutover.yaml’s, else the running one',
    },
    ...targetOptions,
  },
  examples: [
    { line: 'cutover hook test smoke production/shop', description: 'does it pass the version that runs?' },
    {
      line: 'cutover hook test smoke production/shop --expect FAILED -t shop:41',
      description: 'does it refuse one that is known to be bad?',
    },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const { name, rest } = wordsOf(args);
    const expected = expectationOf(args);
    const details = detailsOf(args);
    const target = targetOf(rest);
    const { taskDefinition: configured, ...fields } = requestFields(target, rest);
    checkRequest({ ...fields, taskDefinition: 'family' });

    const { account, installed } = await openForReading(host, target);
    const candidate = await candidateOf(account, target, args.text('task-definition'), configured);
    const { plan, findings } = await checkService({ account, installed }, target, fields, candidate, false);
    if (plan === null) {
      const why = findings.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));
      terminal.err(
        `${hang(
          `${target.words} cannot be deployed now, so there is no event to call a hook with: ` +
            `${why.join('; ')}; what to do: \`cutover preflight\` says it for each`,
          2,
          terminal.width,
        )}\n`,
      );
      return EXIT_REFUSED;
    }
    const found = functionHook(plan.hooks ?? [], name);
    const hook = { ...found, hookDetails: { ...found.hookDetails, ...details } };
    const run = runOf(plan, hook, stageOf(hook, args.text('stage')), account.host.clock.nowMs());
    if (args.flag('dry-run')) {
      terminal.out(`${JSON.stringify(run.ask.event, null, 2)}\n`);
      return EXIT_OK;
    }

    terminal.out(`calls ${hook.functionArn} as at ${run.stage} of a deployment that is not made\n`);
    const call = (event: Record<string, unknown>) =>
      callUserFunction(account.clients.userFunctions, hook.functionArn, event);
    const result = await callHook(run, call, account.host.clock, ({ reply, waitSeconds }) => {
      if (waitSeconds === undefined) return;
      terminal.out(`${readHookAnswer(reply).reason}; again in ${waitSeconds} s\n`);
    });
    return verdict(hook, result, expected, terminal);
  },
};
