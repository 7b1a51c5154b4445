import { type Account, openAccount } from '../account/account.ts';
import { type EarlierDeployment, earlierDeployments } from '../account/history.ts';
import { EARLIER_READ, lastThatRan } from '../account/last-deployment.ts';
import { runningDeployment } from '../account/locate.ts';
import { isThere, refuseIfNotThere } from '../account/not-there.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import { withWriter } from '../account/who-wrote.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_STUCK, EXIT_WAITING } from '../exit-codes.ts';
import { deploymentRow } from '../render/history.ts';
import { livePanel } from '../render/live-panel.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { standing, writeEvent } from '../watch/json-sink.ts';
import { makeWatcher } from '../watch/snapshot.ts';
import { exitCodeOfEnd } from '../watch/stage.ts';
import { viewOf } from '../watch/view.ts';
import { deploymentJson } from './history.ts';
import { listServices } from './list.ts';

/** A printed status may be as long as it is. */
const NO_WINDOW = 1_000;

export const statusCommand: Command = {
  name: 'status',
  summary: 'show how the running deployment stands, or how the last one ended',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 2, 3, 4, 5, 6, 8],
  options: {
    all: { type: 'boolean', help: 'every deployment of the installation that runs, a line each' },
    json: { type: 'boolean', help: 'one JSON object' },
    ...targetOptions,
  },
  examples: [
    { line: 'cutover status production/shop', description: 'once, without watching' },
    { line: 'cutover status --all', description: 'what runs now, and what needs a person' },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    if (args.flag('all')) return listServices(args, terminal, host, { running: true });
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    const running = await runningDeployment(account, target);
    if (running === null) {
      const found = await earlierDeployments(account, target, { limit: EARLIER_READ });
      if (found.length === 0) await refuseIfNotThere(account, target);
      const last = await named(account, lastThatRan(found));
      const title = (await isThere(account, target))
        ? `nothing is being deployed to ${target.words}`
        : `there is no service ${target.words} any more; how its last deployment ended:`;
      return showLast(last, title, args.flag('json'), terminal);
    }

    const view = viewOf(await makeWatcher(account, running).observe());
    if (args.flag('json')) writeEvent(terminal, 'standing', standing(view));
    else {
      const { width, colour } = terminal;
      const options = { width, height: NO_WINDOW, paint: makePaint(colour), target: target.words };
      const lines = livePanel(view, { ...options, nowMs: view.nowMs, trouble: null, foot: null });
      terminal.out(`${lines.join('\n')}\n\n`);
    }
    if (view.phase === 'interrupted' || view.ended?.kind === 'stuck') return EXIT_STUCK;
    return view.waitsFor === null ? EXIT_OK : EXIT_WAITING;
  },
};

/** The history has the end as it was written; CloudTrail may name by now who had changed the weights. */
const named = async (
  account: Account,
  last: EarlierDeployment | undefined,
): Promise<EarlierDeployment | undefined> => {
  if (last?.ended == null) return last;
  const outcome = (await account.verbs().record.read(last.deploymentId))?.outcome;
  if (outcome?.drift === undefined) return last;
  return { ...last, ended: { ...last.ended, reason: (await withWriter(account, outcome)).reason } };
};

const showLast = (last: EarlierDeployment | undefined, title: string, json: boolean, terminal: Terminal) => {
  if (json) writeEvent(terminal, 'idle', { last: last === undefined ? null : deploymentJson(last) });
  else {
    const paint = makePaint(terminal.colour);
    terminal.out(`\n  ${title}\n`);
    terminal.out(last === undefined ? '\n' : `${deploymentRow(last, terminal.width, paint)}\n`);
  }
  return last?.ended === undefined || last.ended === null ? EXIT_OK : exitCodeOfEnd(last.ended.kind);
};
