import { nameOf } from '../../core/deployment/service-key.ts';
import { percentOf } from '../../core/figures.ts';
import { behaviourNames } from '../../rehearsal/behaviour.ts';
import { faultHelp, whenHelp } from '../../rehearsal/faults/parse-fault.ts';
import { hookBehaviourForms } from '../../rehearsal/hooks/behaviours.ts';
import type { RehearsalReport } from '../../rehearsal/rehearsal.types.ts';
import { reportOfRehearsal } from '../../report/from-rehearsal.ts';
import type { Command } from '../command.types.ts';
import { EXIT_INTERRUPTED, EXIT_STUCK } from '../exit-codes.ts';
import { type Asked, askedOf, DEFAULT_SEED } from '../rehearsal/asked.ts';
import { despiteSuccess } from '../rehearsal/despite.ts';
import { INPUT_USAGE, inputOptions } from '../rehearsal/inputs.ts';
import { DEFAULT_SPEED, type LiveRehearsal, makeLiveRehearsal } from '../rehearsal/live-rehearsal.ts';
import { preflightWorld } from '../rehearsal/preflight-world.ts';
import { exitCodeOfReport, runRehearsal } from '../rehearsal/run-rehearsal.ts';
import { type KeptEvent, writeReport } from '../rehearsal/write-report.ts';
import { assumedText } from '../render/assumed.ts';
import { makePaint } from '../render/paint.ts';
import type { Terminal } from '../terminal.ts';

/** Long enough to follow some thirty lines, short enough that the demo's two runs stay under twenty seconds. */
export const PACE_MS = 7_500;

export const rehearseCommand: Command = {
  name: 'rehearse',
  summary: 'run a deployment in a simulated world and watch it happen',
  usage: INPUT_USAGE,
  exits: [0, 1, 2, 3, 4, 5, 8, 130],
  options: {
    ...inputOptions,
    version: {
      type: 'string',
      value: 'BEHAVIOUR',
      help: 'how the new version behaves (below); default: healthy',
      offers: behaviourNames.map(({ usage }) => usage.replace(/\[.*/, '')),
    },
    'fail-above': {
      type: 'string',
      value: 'SHARE',
      help: 'end with 4 when more of the requests failed, 1% for example, whatever the deployment came to',
    },
    inject: {
      type: 'string',
      multiple: true,
      value: 'FAULT@WHEN',
      help: 'something that goes wrong (below); may be given several times',
    },
    hook: {
      type: 'string',
      multiple: true,
      value: 'NAME=BEHAVIOUR',
      help: 'how a hook of the request behaves (below); default: it passes',
    },
    seed: {
      type: 'string',
      value: 'N',
      help: `every chance of the run comes from it; default: ${DEFAULT_SEED}`,
    },
    report: {
      type: 'string',
      value: 'FILE.html',
      help: 'write a report with charts, decisions and every event as one HTML file',
    },
    live: {
      type: 'boolean',
      help: 'the live view of a real deployment, and keys to steer it with; in a pipe what a CI log would have',
    },
    speed: {
      type: 'string',
      value: 'N',
      help: `with --live: N times real speed; default: ${DEFAULT_SPEED}`,
    },
    json: { type: 'boolean', help: 'one JSON object a line for each event, the report last' },
    verbose: { type: 'boolean', short: 'v', help: 'every event, also those that seldom matter' },
    fast: { type: 'boolean', help: 'do not slow the timeline down on a terminal' },
  },
  examples: [
    { line: 'cutover rehearse examples/shop/request.json', description: 'a healthy version' },
    {
      line: 'cutover rehearse production/shop --report report.html',
      description:
        'a service of your account, with the AWS credentials and Region that are set: it only reads',
    },
    {
      line: 'cutover rehearse examples/shop/request.json --version errors:20%',
      description: 'one that its alarm rolls back',
    },
    {
      line: 'cutover rehearse examples/shop/request.json --live',
      description: 'watch and steer it as you would a real one',
    },
    {
      line: 'cutover rehearse examples/shop/request.json --inject foreign-weights@shift:3',
      description: 'somebody applies Terraform meanwhile',
    },
  ],
  sections: [
    {
      title: 'Versions (--version)',
      rows: behaviourNames.map(({ usage, help }) => ({ form: usage, does: help })),
    },
    { title: 'Faults (--inject)', rows: faultHelp },
    { title: 'WHEN', rows: whenHelp },
    {
      title: 'Hooks (--hook NAME=...)',
      rows: hookBehaviourForms.map(({ form, help }) => ({ form, does: help })),
    },
  ],
  run: async (args, terminal, host) => {
    const asked = await askedOf(args, host);
    const { inputs, version, seed, inject, hooks, again } = asked;
    const json = args.flag('json');
    const live = liveOf(asked, json, terminal);
    const kept: KeptEvent[] = [];
    const preflight = await preflightWorld(inputs.world, inputs.request);
    if (!json) {
      terminal.out(assumedText(inputs.world.assumed ?? [], terminal.width, makePaint(terminal.colour)));
    }
    const report = await runRehearsal(
      { request: inputs.input, world: inputs.world, version, inject, hooks, seed },
      {
        json,
        verbose: args.flag('verbose'),
        paceMs: terminal.interactive && !args.flag('fast') ? PACE_MS : null,
        preflight,
        again,
        live,
        ...(asked.reportPath === undefined ? {} : { keep: (event, status) => kept.push({ event, status }) }),
      },
      terminal,
    );
    if (live?.left() === true) {
      terminal.out(
        'left before its end; a rehearsal ends with its command, a deployment in an account would continue\n',
      );
      return EXIT_INTERRUPTED;
    }
    if (asked.reportPath !== undefined) {
      writeReport(
        asked.reportPath,
        reportOfRehearsal({
          world: inputs.world,
          request: inputs.input,
          events: kept,
          report,
          again,
          findings: preflight.findings,
          despite: despiteSuccess(report, preflight),
        }),
        terminal,
      );
    }
    const code = exitCodeOfReport(report);
    if (code === EXIT_STUCK) return code;
    if (asked.failAbove !== null && failedAbove(asked.failAbove, report, terminal)) return EXIT_STUCK;
    return live?.code() ?? code;
  },
};

const liveOf = ({ inputs, speed }: Asked, json: boolean, terminal: Terminal): LiveRehearsal | null => {
  const { cluster, service } = inputs.request;
  return speed === null
    ? null
    : makeLiveRehearsal(terminal, {
        cluster: nameOf(cluster),
        service: nameOf(service),
        account: inputs.world.account,
        speed,
        json,
      });
};

const failedShare = ({ requests: { total, failed } }: RehearsalReport): number =>
  total === 0 ? 0 : failed / total;

/** Prints it, too. */
const failedAbove = (limit: number, report: RehearsalReport, terminal: Terminal): boolean => {
  const share = failedShare(report);
  if (share <= limit) return false;
  terminal.err(`${percentOf(share)} of the requests failed, more than --fail-above ${percentOf(limit)}\n`);
  return true;
};
