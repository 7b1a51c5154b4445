import type { MoveKind, MoveObservation } from '../../core/adoption/adoption.types.ts';
import { obstacles } from '../../core/adoption/checks.ts';
import { wayMs } from '../../core/adoption/cost.ts';
import { emitCloudFormation } from '../../core/adoption/emit-cloudformation.ts';
import { emitTerraform } from '../../core/adoption/emit-terraform.ts';
import { commandOf } from '../../core/adoption/names.ts';
import { notes } from '../../core/adoption/notes.ts';
import { progressOf } from '../../core/adoption/progress.ts';
import { movePolicy } from '../../core/adoption/rights.ts';
import { ours } from '../../core/adoption/roles.ts';
import { takeoverConfig, takeoverRequest } from '../../core/adoption/takeover.ts';
import type { Host } from '../account/host.types.ts';
import { orNearest } from '../account/not-there.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import {
  EXIT_INTERRUPTED,
  EXIT_OK,
  EXIT_REFUSED,
  EXIT_STUCK,
  type ExitCode,
  exitCodeOf,
} from '../exit-codes.ts';
import { meanwhileOf } from '../moving/meanwhile.ts';
import { adoptOptions, leaveOptions, sharedOptions, type Wanted, wantedOf } from '../moving/move-options.ts';
import { isWhole, jsonOutput, type MoveOutput, textOutput } from '../moving/move-output.ts';
import { type MoveTarget, moveTarget } from '../moving/move-target.ts';
import { openMoves } from '../moving/open-moves.ts';
import { readMoveWorld, rehearseMove } from '../moving/rehearse-move.ts';
import { runMove } from '../moving/run-move.ts';
import type { MoveEnd } from '../moving/run-move.types.ts';
import type { Terminal } from '../terminal.ts';
import { readChoice, UsageError } from '../usage-error.ts';

/**
 * Problems of the beginning stop no move that has begun, and no way back: only that may be open then.
 */
const refusals = async ({ plan, alarms, goal, target }: Wanted, account: MoveTarget, host: Host) => {
  const observed = await account.observe();
  const { old, twin, groups } = observed;
  const begun = ours(plan.names, twin) || groups.some((group) => ours(plan.names, group));
  // ECS shows a deleted service for a while.
  const isThere = ours(plan.names, twin) && twin?.status !== 'INACTIVE';
  if (isThere || (begun && goal === 'undo')) return { observed, found: [] };
  // After the end of a move the old service is gone as it should be.
  const why = old === null && begun ? [] : await orNearest(host, target, account.whyNot());
  const owners = old === null ? [] : await account.owners(plan, observed);
  const { gone: unknown } = await account.alarms(alarms);
  return {
    observed,
    found: [
      ...why.map(({ problem, hint }) => ({ problem, fix: hint })),
      ...obstacles(plan, observed),
      ...owners.flatMap(({ label, name, does, fix, reconciles }) =>
        reconciles ? [{ problem: `${label}: ${name}; ${does}`, fix }] : [],
      ),
      ...unknown.map((name) => ({ problem: `there is no alarm ${name}`, fix: 'check --alarm' })),
    ],
  };
};

const endCode = (end: MoveEnd): ExitCode => {
  switch (end.kind) {
    case 'done':
    case 'stepped':
      return EXIT_OK;
    case 'tookBack':
      return exitCodeOf('rolledBack');
    case 'stopped':
    case 'timedOut':
      return EXIT_STUCK;
    case 'interrupted':
      return EXIT_INTERRUPTED;
    default:
      return end satisfies never;
  }
};

/** Both ways from a copy of the account as it is: everything is healthy there, and tasks start as fast as most do. */
const rehearsed = async (
  wanted: Wanted,
  observed: MoveObservation,
  output: MoveOutput,
  host: Host,
): Promise<ExitCode> => {
  const { kind, plan, target } = wanted;
  const { twin } = observed;
  if (ours(plan.names, twin) && twin?.status !== 'INACTIVE')
    throw new UsageError(
      `--rehearse: expected a move whose new service is not made yet, found ${plan.names.twin}`,
      { hint: `${commandOf(kind, plan.names)} shows where it is` },
    );
  const seed = await readMoveWorld(host, target.region, plan, observed);
  let code: ExitCode = EXIT_OK;
  for (const last of ['finish', 'undo'] as const) {
    const way = await rehearseMove(seed, wanted.plan, last, wanted);
    output.rehearsed(last, way);
    if (!isWhole(way)) code = EXIT_STUCK;
  }
  return code;
};

const emitted = (format: string, wanted: Wanted, observed: MoveObservation, terminal: Terminal): void => {
  const { plan } = wanted;
  const forms = ['terraform', 'cloudformation', ...(plan.names.byDeployment ? ['config'] : [])];
  const form = readChoice('--emit', format, forms);
  if (form === 'terraform') {
    terminal.out(emitTerraform(plan, observed));
    return;
  }
  if (form === 'config') {
    const request = takeoverRequest(plan, observed, wanted);
    if (request === null)
      throw new UsageError(
        '--emit config: expected the target groups of the move, found that they are not made',
        {
          hint: `${commandOf(plan.kind, plan.names)} --continue makes them`,
        },
      );
    terminal.out(takeoverConfig(request));
    return;
  }
  const { template, imports } = emitCloudFormation(plan, observed);
  terminal.out(`${JSON.stringify(template, null, 2)}\n`);
  if (imports.length > 0) terminal.err(`resources to import:\n${JSON.stringify(imports, null, 2)}\n`);
};

/** Who wrote what stopped the move, as far as CloudTrail has it by now. */
const withWriter = async (end: MoveEnd, account: MoveTarget): Promise<MoveEnd> => {
  const who = end.kind === 'stopped' ? await account.whoWrote(end.drift) : undefined;
  return end.kind === 'stopped' && who !== undefined ? { ...end, reason: `${end.reason}; ${who}` } : end;
};

const runIt = async (wanted: Wanted, args: Arguments, terminal: Terminal, host: Host): Promise<ExitCode> => {
  const { kind, plan, goal, target } = wanted;
  const output = (args.flag('json') ? jsonOutput : textOutput)(kind, plan.names, terminal);
  const account = moveTarget(host, target.region, plan.names);
  const { observed, found } = await refusals(wanted, account, host);
  if (found.length > 0) {
    output.refused(found, EXIT_REFUSED);
    return EXIT_REFUSED;
  }
  if (args.flag('rehearse')) return rehearsed(wanted, observed, output, host);
  const format = args.text('emit');
  if (format !== undefined) {
    emitted(format, wanted, observed, terminal);
    return EXIT_OK;
  }
  if (goal === null) {
    const alarms = await account.alarmsAbout(plan.roles(observed).from);
    const owners = await account.owners(plan, observed);
    const { hourly, facts } = await account.tasks(observed);
    output.plan({
      plan,
      observed,
      progress: progressOf(plan, observed),
      notes: notes(plan, observed, { alarms, owners, tasks: facts }),
      meanwhile: await meanwhileOf(plan, observed, openMoves(host, target)),
      durationMs: wayMs(wanted.shares, wanted.bakeMs),
      hourly,
    });
    return EXIT_OK;
  }
  const { clock } = host;
  const startMs = clock.nowMs();
  const seams = {
    clock,
    interruption: host.interruption(),
    observe: account.observe,
    perform: account.perform,
    alarms: () => account.alarms(wanted.alarms),
    alarmNames: wanted.alarms,
    moves: openMoves(host, target),
    say: (line: string) => output.line(clock.nowMs(), clock.nowMs() - startMs, line),
  };
  const end = await withWriter(await runMove(goal, plan, seams, wanted), account);
  output.ended(goal, end, endCode(end));
  return endCode(end);
};

const moveCommand = (kind: MoveKind, words: Pick<Command, 'summary' | 'examples'>): Command => ({
  name: kind,
  ...words,
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 2, 3, 4, 8, 130],
  options: { ...sharedOptions, ...(kind === 'leave' ? leaveOptions : adoptOptions), ...targetOptions },
  sections: [targetSection],
  run: async (args, terminal, host) => {
    if (args.flag('json') && (args.flag('policy') || args.text('emit') !== undefined))
      throw new UsageError(
        'expected --json without --policy and --emit, which print a document of their own',
      );
    if (args.flag('policy')) {
      terminal.out(`${JSON.stringify(movePolicy(kind), null, 2)}\n`);
      return EXIT_OK;
    }
    return runIt(wantedOf(kind, args), args, terminal, host);
  },
});

export const adoptCommand: Command = moveCommand('adopt', {
  summary:
    'move a service with rolling, CodeDeploy or native deployments to Cutover, in steps that can be undone',
  examples: [
    {
      line: 'cutover adopt production/shop',
      description: 'shows the steps, their cost and what takes each back',
    },
    { line: 'cutover adopt production/shop --rehearse', description: 'plays it in a copy, and back again' },
    { line: 'cutover adopt production/shop --step', description: 'takes the next one' },
    {
      line: 'cutover adopt production/shop --continue --alarm shop-5xx',
      description: 'all but the last command',
    },
    { line: 'cutover adopt production/shop --undo', description: 'as if nothing had been' },
    { line: 'cutover adopt production/shop --finish', description: 'deletes the old service' },
  ],
});

export const leaveCommand: Command = moveCommand('leave', {
  summary: "move a service from Cutover back to ECS's own deployments, in steps that can be undone",
  examples: [
    { line: 'cutover leave production/shop-x', description: 'shows the steps' },
    {
      line: 'cutover leave production/shop-x --name shop --continue',
      description: 'to rolling updates, under the old name',
    },
  ],
});
