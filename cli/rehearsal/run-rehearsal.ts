import type { RehearsalOptions, RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import { rehearse } from '../../rehearsal/rehearse.ts';
import { EXIT_ABORTED, EXIT_STUCK, type ExitCode, exitCodeOf } from '../exit-codes.ts';
import { rehearsalPreflightText } from '../render/findings.ts';
import { makePaint } from '../render/paint.ts';
import { summary } from '../render/summary.ts';
import type { Terminal } from '../terminal.ts';
import type { LiveRehearsal } from './live-rehearsal.ts';
import { narrateJson, narrateLines, narrateNothing, preflightJson, reportJson } from './narration.ts';
import type { WorldPreflight } from './preflight-world.ts';

type Showing = {
  json: boolean;
  verbose: boolean;
  /** Real time the timeline may take on a terminal, milliseconds; null: no pacing. */
  paceMs: number | null;
  /** Said before the run: a rehearsal simulates only a part of what preflight reads. */
  preflight: WorldPreflight;
  /** The command that replays the run. */
  again: string;
  /** The live view instead of the timeline. */
  live?: LiveRehearsal | null;
  /** Called with every event too, for a report. */
  keep?: NonNullable<RehearsalOptions['onEvent']>;
};

/** Runs one rehearsal and shows it. */
export const runRehearsal = async (
  options: Omit<RehearsalOptions, 'onEvent'>,
  showing: Showing,
  terminal: Terminal,
): Promise<RehearsalReport> => {
  const { preflight, live = null } = showing;
  const paint = makePaint(terminal.colour);
  // The stream of a watched deployment has no line for it: its schema is that of a real one.
  if (!showing.json) terminal.out(rehearsalPreflightText(preflight, terminal.width, paint));
  else if (live === null) terminal.out(preflightJson(preflight, options.world.assumed ?? []));
  const narration =
    live !== null ? narrateNothing() : showing.json ? narrateJson(terminal) : narrateLines(terminal, showing);
  const report = await rehearse({
    ...options,
    ...(live === null ? {} : { drive: live.drive }),
    onEvent: (event, status) => {
      narration.onEvent(event, status);
      live?.onEvent(event);
      showing.keep?.(event, status);
    },
  });
  await narration.finish();
  // The stream of a live rehearsal has its last line already.
  if (live?.left() === true || (live !== null && showing.json)) return report;
  if (showing.json) {
    terminal.out(reportJson(report));
    return report;
  }
  const missedFaults = options.inject.filter((fault) => !narration.faultsSeen().has(fault));
  terminal.out(
    summary(report, {
      width: terminal.width,
      paint,
      again: showing.again,
      missedFaults,
      preflight,
    }),
  );
  return report;
};

/** A broken safety rule is never a good end, whatever the deployment came to. */
export const exitCodeOfReport = ({ outcome, invariantViolations, record }: RehearsalReport): ExitCode => {
  if (invariantViolations.length > 0) return EXIT_STUCK;
  return record?.aborted === true ? EXIT_ABORTED : exitCodeOf(outcome);
};
