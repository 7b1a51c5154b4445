import type { MoveKind, MoveNames } from '../../core/adoption/adoption.types.ts';
import { commandOf } from '../../core/adoption/names.ts';
import type { Progress } from '../../core/adoption/progress.ts';
import { shareOfUsers } from '../../core/adoption/roles.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { moveText, type ShownMove } from '../render/move.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';
import type { MoveEnd, MoveGoal } from './run-move.types.ts';

type Problem = { problem: string; fix: string };

export type RehearsedMove = {
  end: MoveEnd;
  lost: number;
  requests: number;
  lines: readonly { atMs: number; what: string }[];
};

/** Where the commands that move a service write: for a person, or with `--json` for a program. */
export type MoveOutput = {
  refused(problems: readonly Problem[], exitCode: number): void;
  plan(shown: ShownMove): void;
  /** @param sinceMs from the command's start */
  line(atMs: number, sinceMs: number, what: string): void;
  rehearsed(last: 'finish' | 'undo', way: RehearsedMove): void;
  ended(goal: MoveGoal, end: MoveEnd, exitCode: number): void;
};

const seconds = (ms: number): string => String(Math.round(ms / SECOND_MS)).padStart(5);

export const isWhole = ({ end, lost }: RehearsedMove): boolean => end.kind === 'done' && lost === 0;

const why = (end: MoveEnd): string => ('reason' in end ? end.reason : end.kind);

/** What a person reads at the end, and whether it goes to standard error. */
const endText = (
  goal: MoveGoal,
  end: MoveEnd,
  { old, twin }: MoveNames,
  again: string,
): [string, boolean] => {
  switch (end.kind) {
    case 'done':
      if (goal === 'undo') return ['done: everything is as it was', false];
      if (goal === 'finish') return [`done: ${old} is gone, ${twin} serves alone`, false];
      return [`all users are on ${twin}; when nothing needs ${old} any more:\n  ${again} --finish`, false];
    case 'stepped':
      return [`done; next: ${end.title}\n  ${again} --step`, false];
    case 'tookBack':
      return [`all users are back on ${old}: ${end.reason}\n  ${again} --undo`, false];
    case 'stopped':
      return [`stopped: ${end.reason}; what to do: ${end.fix}`, true];
    case 'timedOut':
      return [
        `nothing changed for too long: ${end.title}: ${end.reason}. The revision serves already, so the set-up ` +
          `of the new service is at fault; to take everything back:\n  ${again} --undo`,
        true,
      ];
    case 'interrupted':
      return [`interrupted; the same command continues, with the same options: ${again} --${goal}`, true];
    default:
      return end satisfies never;
  }
};

export const textOutput = (kind: MoveKind, names: MoveNames, terminal: Terminal): MoveOutput => {
  const { width } = terminal;
  return {
    refused: (problems) => {
      const what = kind === 'adopt' ? 'be adopted' : 'leave';
      terminal.err(`${names.cluster}/${names.old} cannot ${what}; nothing was changed\n`);
      for (const { problem, fix } of problems)
        terminal.err(`  ${hang(`${problem}; what to do: ${fix}`, 4, width)}\n`);
    },
    plan: (shown) => terminal.out(moveText(shown, width, makePaint(terminal.colour))),
    line: (_atMs, sinceMs, what) => terminal.out(`${seconds(sinceMs)} s  ${hang(what, 9, width)}\n`),
    rehearsed: (last, way) => {
      terminal.out(`\n  --continue, then --${last}\n`);
      for (const { atMs, what } of way.lines) terminal.out(`${seconds(atMs)} s  ${hang(what, 9, width)}\n`);
      const how = way.end.kind === 'done' ? 'ended as it should' : `ended otherwise: ${why(way.end)}`;
      terminal.out(`  ${how}; ${way.lost} of ${way.requests} requests lost\n`);
    },
    ended: (goal, end) => {
      const [text, isError] = endText(goal, end, names, commandOf(kind, names));
      const shown = `${hang(text, 2, width)}\n`;
      if (isError) terminal.err(shown);
      else terminal.out(shown);
    },
  };
};

const planJson = ({ plan, observed, progress, notes, meanwhile, durationMs, hourly }: ShownMove) => {
  const { kind, names } = plan;
  const old = observed.old?.status === 'INACTIVE' ? null : observed.old;
  const row = ({ step, standing }: Progress['steps'][number]) => {
    const { id, title, writes, undo } = step;
    return { id, title, writes, undo, standing };
  };
  return {
    move: kind,
    cluster: names.cluster,
    from: names.old,
    to: names.twin,
    controller: old?.controller ?? null,
    strategy: old?.controller === 'ECS' ? old.strategy : null,
    usersPct: shareOfUsers(names, observed, plan.roles(observed)).percent,
    steps: progress.steps.map(row),
    lastCommand: progress.finish.map((one) => ({ ...row(one), undo: null })),
    next: progress.next,
    seconds: Math.round(durationMs / SECOND_MS),
    moreTasks: old?.desired ?? 0,
    dollarsAnHour: hourly,
    notes,
    meanwhile,
  };
};

export const jsonOutput = (
  kind: MoveKind,
  { cluster, old, twin }: MoveNames,
  terminal: Terminal,
): MoveOutput => {
  const which = { move: kind, cluster, from: old, to: twin };
  const ended = (fields: Record<string, unknown>): void =>
    writeEvent(terminal, 'moveEnded', { ...which, ...fields });
  return {
    refused: (problems, exitCode) =>
      ended({ goal: null, ended: 'refused', reason: null, fix: null, problems, exitCode }),
    plan: (shown) => writeEvent(terminal, 'move', planJson(shown)),
    line: (atMs, _sinceMs, what) => writeEvent(terminal, 'moving', { at: iso(atMs), what }),
    rehearsed: (last, { end, lost, requests, lines }) =>
      writeEvent(terminal, 'moveRehearsed', {
        ...which,
        last,
        ended: end.kind,
        reason: 'reason' in end ? end.reason : null,
        requests,
        lost,
        lines: lines.map(({ atMs, what }) => ({ seconds: Math.round(atMs / SECOND_MS), what })),
      }),
    ended: (goal, end, exitCode) =>
      ended({
        goal,
        ended: end.kind,
        reason: 'reason' in end ? end.reason : null,
        fix: 'fix' in end ? end.fix : null,
        problems: [],
        exitCode,
      }),
  };
};
