import type { MoveKind } from '../../core/adoption/adoption.types.ts';
import { notes, obstacles } from '../../core/adoption/checks.ts';
import { wayMs } from '../../core/adoption/cost.ts';
import { emitCloudFormation } from '../../core/adoption/emit-cloudformation.ts';
import { emitTerraform } from '../../core/adoption/emit-terraform.ts';
import { movePolicy } from '../../core/adoption/rights.ts';
import { isClosing, ours } from '../../core/adoption/roles.ts';
import type { Host } from '../account/host.types.ts';
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
import { leaveOptions, sharedOptions, type Wanted, wantedOf, wordsOf } from '../moving/move-options.ts';
import { type MoveTarget, moveTarget } from '../moving/move-target.ts';
import { readMoveWorld, rehearseMove } from '../moving/rehearse-move.ts';
import { type MoveEnd, runMove } from '../moving/run-move.ts';
import { moveText } from '../render/move.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { readChoice } from '../usage-error.ts';

const refused = (
  wanted: Wanted,
  found: readonly { problem: string; fix: string }[],
  terminal: Terminal,
): ExitCode => {
  terminal.err(
    `${wanted.target.words} cannot ${wanted.kind === 'adopt' ? 'be adopted' : 'leave'}; nothing was changed\n`,
  );
  for (const { problem, fix } of found)
    terminal.err(`  ${hang(`${problem}; what to do: ${fix}`, 4, terminal.width)}\n`);
  return EXIT_REFUSED;
};

/** Problems of the beginning stop no move that has begun: only its way back may be open then. */
const refusals = async ({ plan, alarms }: Wanted, account: MoveTarget) => {
  const observed = await account.observe();
  if (ours(plan.names, observed.twin) || isClosing(observed)) return { observed, found: [] };
  const why = observed.old === null ? undefined : await account.whyNot();
  const unknown = await account.unknownAlarms(alarms);
  return {
    observed,
    found: [
      ...(why === undefined ? [] : [{ problem: why.problem, fix: why.hint }]),
      ...obstacles(plan, observed),
      ...unknown.map((name) => ({ problem: `there is no alarm ${name}`, fix: 'check --alarm' })),
    ],
  };
};

const ended = (wanted: Wanted, end: MoveEnd, terminal: Terminal): ExitCode => {
  const again = `cutover ${wanted.kind} ${wordsOf(wanted)}`;
  const say = (text: string): void => terminal.out(`${hang(text, 2, terminal.width)}\n`);
  switch (end.kind) {
    case 'done':
      say(
        wanted.goal === 'continue' || wanted.goal === 'step'
          ? `all users are on ${wanted.plan.names.twin}; when nothing needs ${wanted.plan.names.old} any ` +
              `more:\n  ${again} --finish`
          : 'done',
      );
      return EXIT_OK;
    case 'stepped':
      say(`done; next: ${end.title}\n  ${again} --step`);
      return EXIT_OK;
    case 'tookBack':
      say(`all users are back on ${wanted.plan.names.old}: ${end.reason}\n  ${again} --undo`);
      return exitCodeOf('rolledBack');
    case 'stopped':
      terminal.err(`${hang(`stopped: ${end.reason}; what to do: ${end.fix}`, 2, terminal.width)}\n`);
      return EXIT_STUCK;
    case 'timedOut':
      terminal.err(
        `${hang(
          `nothing changed for too long: ${end.title}: ${end.reason}. The revision serves already, so the ` +
            `set-up of the new service is at fault; to take everything back:\n  ${again} --undo`,
          2,
          terminal.width,
        )}\n`,
      );
      return EXIT_STUCK;
    case 'interrupted':
      terminal.err(`interrupted; the same command continues: ${again}\n`);
      return EXIT_INTERRUPTED;
    default:
      return end satisfies never;
  }
};

/** Both ways from a copy of the account as it is: everything is healthy there, and tasks start as fast as most do. */
const rehearsed = async (wanted: Wanted, terminal: Terminal, host: Host): Promise<ExitCode> => {
  const seed = await readMoveWorld(host, wanted.target.region, wanted.plan);
  let code: ExitCode = EXIT_OK;
  for (const last of ['finish', 'undo'] as const) {
    const { end, lost, requests, lines } = await rehearseMove(seed, wanted.plan, last, wanted);
    terminal.out(`\n  --continue, then --${last}\n`);
    for (const line of lines) terminal.out(`${hang(line, 9, terminal.width)}\n`);
    const whole = end.kind === 'done';
    const how = whole ? 'ended as it should' : `ended otherwise: ${'reason' in end ? end.reason : end.kind}`;
    terminal.out(`  ${how}; ${lost} of ${requests} requests lost\n`);
    if (!whole || lost > 0) code = EXIT_STUCK;
  }
  return code;
};

const runIt = async (wanted: Wanted, args: Arguments, terminal: Terminal, host: Host): Promise<ExitCode> => {
  const { plan, goal, target } = wanted;
  const account = moveTarget(host, target.region, plan.names);
  const { observed, found } = await refusals(wanted, account);
  if (found.length > 0) return refused(wanted, found, terminal);

  if (args.flag('rehearse')) return rehearsed(wanted, terminal, host);

  const format = args.text('emit');
  if (format !== undefined) {
    if (readChoice('--emit', format, ['terraform', 'cloudformation']) === 'terraform') {
      terminal.out(emitTerraform(plan, observed));
      return EXIT_OK;
    }
    const { template, imports } = emitCloudFormation(plan, observed);
    terminal.out(`${JSON.stringify(template, null, 2)}\n`);
    if (imports.length > 0) terminal.err(`resources to import:\n${JSON.stringify(imports, null, 2)}\n`);
    return EXIT_OK;
  }
  if (goal === null) {
    const alarms = await account.alarmsAbout(plan.roles(observed).from);
    const shown = {
      plan,
      observed,
      notes: notes(plan, observed, alarms),
      durationMs: wayMs(wanted.shares, wanted.bakeMs),
      hourly: await account.hourly(observed),
      words: wordsOf(wanted),
    };
    terminal.out(moveText(shown, terminal.width, makePaint(terminal.colour)));
    return EXIT_OK;
  }
  const startMs = host.clock.nowMs();
  const seams = {
    clock: host.clock,
    interruption: host.interruption(),
    observe: account.observe,
    perform: account.perform,
    redAlarms: () => account.redAlarms(wanted.alarms),
    say: (line: string) => {
      const seconds = Math.round((host.clock.nowMs() - startMs) / 1000);
      terminal.out(`${String(seconds).padStart(5)} s  ${hang(line, 9, terminal.width)}\n`);
    },
  };
  return ended(wanted, await runMove(goal, plan, seams, wanted), terminal);
};

const moveCommand = (kind: MoveKind, words: Pick<Command, 'summary' | 'examples'>): Command => ({
  name: kind,
  ...words,
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 2, 3, 4, 8, 130],
  options: { ...sharedOptions, ...(kind === 'leave' ? leaveOptions : {}), ...targetOptions },
  sections: [targetSection],
  run: async (args, terminal, host) => {
    if (args.flag('policy')) {
      terminal.out(`${JSON.stringify(movePolicy(kind), null, 2)}\n`);
      return EXIT_OK;
    }
    return runIt(wantedOf(kind, args), args, terminal, host);
  },
});

export const adoptCommand: Command = moveCommand('adopt', {
  summary: 'move a service of rolling, CodeDeploy or native deployments to Cutover, step by step and back',
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
  summary: "move a service from Cutover back to ECS's own deployments, step by step and back",
  examples: [
    { line: 'cutover leave production/shop-x', description: 'shows the steps' },
    {
      line: 'cutover leave production/shop-x --name shop --continue',
      description: 'to rolling updates, under the old name',
    },
  ],
});
