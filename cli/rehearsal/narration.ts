import type { RehearsalReport, Status } from '../../rehearsal/rehearsal.types.ts';
import type { SimEvent } from '../../sim/kernel/trace.ts';
import { makePaint } from '../render/paint.ts';
import { makeTimeline } from '../render/timeline.ts';
import type { Terminal } from '../terminal.ts';
import { pauses } from './pace.ts';
import type { WorldPreflight } from './preflight-world.ts';

/** What a rehearsal is shown as while it runs and at its end. */
type Narration = {
  onEvent(event: SimEvent, status: Status): void;
  /** Resolves when everything has been shown. */
  finish(): Promise<void>;
  /** Faults that came. */
  faultsSeen(): ReadonlySet<string>;
};

type Options = { verbose: boolean /** Null: as fast as it comes. */; paceMs: number | null };

/** The timeline. Paced, it is played back after the run: virtual hours take real milliseconds, too fast to follow. */
export const narrateLines = (terminal: Terminal, { verbose, paceMs }: Options): Narration => {
  const timeline = makeTimeline({ width: terminal.width, paint: makePaint(terminal.colour), verbose });
  const held: { text: string; atMs: number }[] = [];
  const faults = new Set<string>();
  const show = (text: string, atMs: number): void => {
    if (text === '') return;
    if (paceMs === null) terminal.out(text);
    else held.push({ text, atMs });
  };
  terminal.out(timeline.header());

  return {
    onEvent: (event, status) => {
      noteFault(faults, event);
      show(timeline.add(event, status), status.sinceStartMs);
    },
    finish: async () => {
      show(timeline.end(), held.at(-1)?.atMs ?? 0);
      const waits = pauses(
        held.map(({ atMs }) => atMs),
        paceMs ?? 0,
      );
      for (const [index, { text }] of held.entries()) {
        await terminal.pause(waits[index] ?? 0);
        terminal.out(text);
      }
    },
    faultsSeen: () => faults,
  };
};

/**
 * One JSON object a line for each event, in the order of their numbers: of an event that another one leads to at once
 * the listeners hear first, so the lines of one instant are held until it is over.
 */
export const narrateJson = (terminal: Terminal): Narration => {
  const faults = new Set<string>();
  let instant: { event: SimEvent; status: Status }[] = [];
  const show = (): void => {
    const inOrder = instant.toSorted((one, other) => one.event.sequence - other.event.sequence);
    for (const { event, status } of inOrder)
      terminal.out(`${JSON.stringify({ type: 'event', ...event, status })}\n`);
    instant = [];
  };
  return {
    onEvent: (event, status) => {
      noteFault(faults, event);
      if (instant[0] !== undefined && instant[0].event.atMs !== event.atMs) show();
      instant.push({ event, status });
    },
    finish: async () => show(),
    faultsSeen: () => faults,
  };
};

/** The first line, before any event. */
export const preflightJson = ({ findings }: WorldPreflight, assumed: readonly string[]): string =>
  `${JSON.stringify({ type: 'preflight', findings, ...(assumed.length > 0 && { assumed }) })}\n`;

/** For a rehearsal that is watched as a deployment is: only what came of the faults is kept. */
export const narrateNothing = (): Narration => {
  const faults = new Set<string>();
  return { onEvent: (event) => noteFault(faults, event), finish: async () => {}, faultsSeen: () => faults };
};

export const reportJson = (report: RehearsalReport): string =>
  `${JSON.stringify({ type: 'report', ...report })}\n`;

const noteFault = (faults: Set<string>, { kind, data }: SimEvent): void => {
  if (kind === 'fault' && typeof data?.fault === 'string') faults.add(data.fault);
};
