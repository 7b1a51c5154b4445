import { rehearse } from '../sim/rehearsal.ts';
import type { RehearsalOptions, RehearsalReport } from '../sim/rehearsal.types.ts';
import { EXIT_STUCK, type ExitCode, exitCodeOf } from './exit-codes.ts';
import { narrateJson, narrateLines, preflightJson, reportJson } from './narration.ts';
import type { WorldPreflight } from './preflight-world.ts';
import { rehearsalPreflightText } from './render/findings.ts';
import { makePaint } from './render/paint.ts';
import { summary } from './render/summary.ts';
import type { Terminal } from './terminal.ts';

export type Showing = {
  json: boolean;
  verbose: boolean;
  /** Real time the timeline may take on a terminal, milliseconds; null: no pacing. */
  paceMs: number | null;
  /** Said before the run: a rehearsal simulates only a part of what preflight reads. */
  preflight: WorldPreflight;
  /** The command that replays the run. */
  again: string;
  /** Told of every event too, for a report. */
  keep?: NonNullable<RehearsalOptions['onEvent']>;
};

/** Runs one rehearsal and shows it. */
export const runRehearsal = async (
  options: Omit<RehearsalOptions, 'onEvent'>,
  showing: Showing,
  terminal: Terminal,
): Promise<RehearsalReport> => {
  const { preflight } = showing;
  const paint = makePaint(terminal.colour);
  terminal.out(
    showing.json ? preflightJson(preflight) : rehearsalPreflightText(preflight, terminal.width, paint),
  );
  const narration = showing.json ? narrateJson(terminal) : narrateLines(terminal, showing);
  const report = await rehearse({
    ...options,
    onEvent: (event, status) => {
      narration.onEvent(event, status);
      showing.keep?.(event, status);
    },
  });
  await narration.finish();
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
      findings: preflight.findings,
    }),
  );
  return report;
};

/** A broken safety rule is never a good end, whatever the deployment came to. */
export const exitCodeOfReport = ({ outcome, invariantViolations }: RehearsalReport): ExitCode =>
  invariantViolations.length > 0 ? EXIT_STUCK : exitCodeOf(outcome);
