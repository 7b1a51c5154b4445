import { makeProbe, type Probe } from '../../aws/probe.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { makeAccountCall, openAccount } from '../account/account.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_STUCK, EXIT_UNAVAILABLE } from '../exit-codes.ts';
import { makePaint, type Paint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import type { Settled } from '../selfcheck/assumption.types.ts';
import { assumption } from '../selfcheck/assumptions.ts';
import { readChecks, type Subject } from '../selfcheck/read-checks.ts';
import { unsettled } from '../selfcheck/verdicts.ts';
import { checkByWriting, type Found } from '../selfcheck/write-checks.ts';

const SETTLING_MS = 3 * MINUTE_MS;

const PAUSE_MS = 10 * SECOND_MS;

/** A call that AWS refuses or does not answer leaves its own question open, and no other. */
const settling = async (ask: () => Promise<Settled>): Promise<Settled & { refused?: true }> => {
  try {
    return await ask();
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return { ...unsettled(error.message), refused: true };
  }
};

type Asked = Found & { outcome: { refused?: true } };

const readAll = async (probe: Probe, subject: Subject) => {
  const found: Asked[] = [];
  for (const { id, settle } of readChecks) {
    found.push({ id, outcome: await settling(() => settle(probe, subject)) });
  }
  return found;
};

/** What was refused half-way leaves its questions open; what had been read before is still shown. */
const writing = async (ask: () => Promise<Found[]>): Promise<Asked[]> => {
  try {
    return await ask();
  } catch (error) {
    if (!isDeploymentError(error)) throw error;
    return [{ id: 'lists-without-primary', outcome: { ...unsettled(error.message), refused: true } }];
  }
};

const colours = { holds: 'green', differs: 'red', unsettled: 'yellow' } as const;

const lines = ({ id, outcome }: Found, width: number, paint: Paint): string => {
  const { assumed, ifWrong } = assumption(id);
  const lines = [`${paint(colours[outcome.kind], outcome.kind.padEnd(9))} ${id}: ${assumed}`];
  lines.push(`          found: ${outcome.found}`);
  if (outcome.kind === 'differs') lines.push(`          what to do: ${ifWrong}`);
  return lines.map((line) => hang(line, 10, width)).join('\n');
};

export const selfcheckCommand: Command = {
  name: 'selfcheck',
  summary:
    'check in this account what Cutover assumes of AWS and no document states; changes nothing without --write',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 4, 8],
  options: {
    write: {
      type: 'boolean',
      help: 'also check what only a write shows, in a service without tasks, made for this and deleted again',
    },
    ...targetOptions,
  },
  examples: [
    { line: 'cutover selfcheck production/shop', description: 'in the first hour, after one deployment' },
    {
      line: 'cutover selfcheck production/shop --write',
      description: 'everything that can be settled by itself',
    },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const target = targetOf(args);
    const account = await openAccount(host, target);
    const probe = makeProbe(account.clients, makeAccountCall(host, SETTLING_MS));
    const { cluster, service } = target;
    const subject = { cluster, service, stateMachineArn: account.installation.stateMachineArn };

    const found = await readAll(probe, subject);
    const scratch = `cutover-selfcheck-${host.clock.nowMs().toString(36)}`;
    const pause = () => host.clock.sleep(PAUSE_MS);
    const written = args.flag('write')
      ? await writing(() => checkByWriting(probe, subject, scratch, pause))
      : [];
    const all = [...found, ...written];

    const paint = makePaint(terminal.colour);
    for (const one of all) terminal.out(`${lines(one, terminal.width, paint)}\n`);
    const count = (kind: Settled['kind']) => all.filter(({ outcome }) => outcome.kind === kind).length;
    terminal.out(
      `\n${count('holds')} hold, ${count('differs')} differ, ${count('unsettled')} unsettled. ` +
        'sim/README.md has those that only a person can settle.\n',
    );
    if (count('differs') > 0) return EXIT_STUCK;
    return all.some(({ outcome }) => outcome.refused === true) ? EXIT_UNAVAILABLE : EXIT_OK;
  },
};
