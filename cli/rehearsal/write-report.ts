import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Status } from '../../rehearsal/rehearsal.types.ts';
import { renderPage } from '../../report/page.ts';
import type { Report } from '../../report/report.types.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import { exists, isFile, readText } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export type KeptEvent = { event: SimEvent; status: Status };

/**
 * A report may replace an earlier one, and nothing else: `--report request.json` is a slip. Checked before a run that
 * may take long.
 */
export const checkReportPath = (path: string): void => {
  if (exists(path) && !(isFile(path) && /^\s*<!doctype html>/i.test(readText(path)))) {
    throw new UsageError(`the report cannot be written to ${path}: something is there that is no report`, {
      hint: 'name another file; an earlier report is replaced',
    });
  }
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${path}: ${(error as Error).message}`, {
      hint: 'name a file in a directory that exists and that you may write to',
    });
  }
};

/** Writes the page, and says so on standard error: standard output may be a stream of JSON. */
export const writeReport = (path: string, report: Report, terminal: Pick<Terminal, 'err'>): void => {
  try {
    writeFileSync(path, renderPage(report));
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${path}: ${(error as Error).message}`, {
      hint: 'name a file in a directory that exists and that you may write to',
    });
  }
  terminal.err(`report written to ${path}\n`);
};
