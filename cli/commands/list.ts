import { nameOf } from '../../core/deployment/service-key.ts';
import type { ChainedEnd } from '../../core/vocabulary/history.types.ts';
import { type Account, openAccount } from '../account/account.ts';
import { DEFAULT_INSTALLATION, regionOption } from '../account/config.ts';
import { type FleetService, needsAPerson, readFleet } from '../account/fleet.ts';
import type { Host } from '../account/host.types.ts';
import { installationOptions } from '../account/target.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_STUCK, type ExitCode } from '../exit-codes.ts';
import { fleetText } from '../render/fleet.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { iso, writeEvent } from '../watch/json-sink.ts';

export const listCommand: Command = {
  name: 'list',
  summary: 'list the services of an installation, and how their deployments stand',
  usage: '[options]',
  exits: [0, 1, 4, 8],
  options: {
    running: { type: 'boolean', help: 'only services that are being deployed' },
    json: { type: 'boolean', help: 'one JSON object a line and service' },
    ...installationOptions,
  },
  examples: [
    { line: 'cutover list', description: 'what needs a person first, then what runs, then the others' },
    { line: 'cutover list --running --json', description: 'for a program' },
  ],
  run: (args, terminal, host) => listServices(args, terminal, host, { running: args.flag('running') }),
};

/** Also what `status --all` prints. */
export const listServices = async (
  args: Arguments,
  terminal: Terminal,
  host: Host,
  { running }: { running: boolean },
): Promise<ExitCode> => {
  if (args.positionals.length > 0)
    throw new UsageError(`expected no service, found ${args.positionals.join(' ')}`, {
      hint: '`cutover status CLUSTER/SERVICE` shows one of them',
    });
  const installation = args.text('installation') ?? DEFAULT_INSTALLATION;
  const account = await openAccount(host, { region: regionOption(args), installation });
  const all = await readFleet(account);
  const shown = all.filter(({ view, trouble }) => !running || view !== null || trouble !== null);
  const where = { installation, ...placeOf(account) };
  const words = `installation "${installation}", account ${where.account}, ${where.region}`;
  if (args.flag('json'))
    for (const service of shown) writeEvent(terminal, 'service', { ...where, ...serviceJson(service) });
  else if (shown.length > 0)
    terminal.out(
      fleetText(shown, words, account.host.clock.nowMs(), terminal.width, makePaint(terminal.colour)),
    );
  else
    terminal.out(
      `\n  ${all.length === 0 ? 'no service was deployed yet' : 'nothing is being deployed'}: ${words}\n\n`,
    );
  return shown.some(needsAPerson) ? EXIT_STUCK : EXIT_OK;
};

/** Each account has installations of the same name: which one was read is in the ARN of its state machine. */
const placeOf = ({ installation }: Account): { account: string; region: string } => {
  const [, , , region = '', account = ''] = installation.stateMachineArn.split(':');
  return { account, region };
};

const serviceJson = ({ serviceKey, view, trouble, last, there }: FleetService): Record<string, unknown> => {
  const [cluster, service] = serviceKey.split('/');
  return {
    cluster,
    service,
    there,
    deploymentId: view?.deploymentId ?? null,
    executionArn: view?.executionArn ?? null,
    startedAt: view === null ? null : iso(view.startedAtMs),
    from: view?.from ?? null,
    to: view?.to ?? null,
    phase: view?.phase ?? null,
    doing: view?.doing ?? null,
    why: view?.why ?? null,
    waitsFor: view?.waitsFor ?? null,
    trouble,
    last: last === null ? null : lastJson(last),
  };
};

const lastJson = ({ deploymentId, aborted, outcome, endedAtMs, from, to, reason }: ChainedEnd) => ({
  deploymentId,
  outcome: aborted === true ? 'aborted' : outcome,
  endedAt: iso(endedAtMs),
  from: from === null ? null : nameOf(from),
  to: to === null ? null : nameOf(to),
  reason,
});
