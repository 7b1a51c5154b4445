import { preflightWorld } from '../../cli/rehearsal/preflight-world.ts';
import { parseRequest } from '../../core/request/request.ts';
import { reportOfRehearsal } from '../../report/from-rehearsal.ts';
import type { Report } from '../../report/report.types.ts';
import { type RunOptions, requestOf, run, worldOf } from '../rehearsal/a-rehearsal.ts';

/** A rehearsal of an example and the report of it. */
export const aRehearsed = async (options: RunOptions = {}): Promise<Report> => {
  const { example = 'shop', request, world } = options;
  const { report, events } = await run(options);
  const seed = world ?? worldOf(example);
  const input = { ...requestOf(example), ...request };
  const parsed = parseRequest(input);
  return reportOfRehearsal({
    world: seed,
    request: input,
    events,
    report,
    again: 'npx cutover rehearse',
    findings: parsed.ok ? (await preflightWorld(seed, parsed.request)).findings : [],
    despite: null,
  });
};

/** A report with so many events, marks and decisions: what a bad week of a long deployment might leave. */
export const aLongReport = (of: Report, events: number): Report => {
  const at = (index: number): number => Math.round((of.durationMs * index) / events);
  const [decision] = of.decisions;
  if (decision === undefined) throw new Error('expected a report with decisions');
  return {
    ...of,
    events: Array.from({ length: events }, (_, index) => ({
      atMs: at(index),
      kind: index % 3 === 0 ? 'target' : 'task',
      what: `task ${index} changed`,
      why: '',
    })),
    marks: Array.from({ length: events / 10 }, (_, index) => ({
      atMs: at(index * 10),
      kind: index % 2 === 0 ? 'alarm' : 'command',
      who: 'CloudWatch',
      what: `alarm number ${index}`,
      why: 'it flaps',
    })),
    decisions: Array.from({ length: events / 20 }, (_, index) => ({
      ...decision,
      kind: 'hold',
      position: index,
      atMs: at(index * 20),
    })),
    targets: Array.from({ length: events }, (_, index) => ({
      atMs: at(index),
      blue: { healthy: 4, of: 4 },
      green: { healthy: index % 5, of: 4 },
    })),
  };
};
