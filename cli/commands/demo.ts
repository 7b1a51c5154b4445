import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { word } from '../../core/plan/preflight/commands.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_STUCK } from '../exit-codes.ts';
import { liveStory } from '../local/live-story.ts';
import { readInputs } from '../rehearsal/inputs.ts';
import { preflightWorld } from '../rehearsal/preflight-world.ts';
import { runRehearsal } from '../rehearsal/run-rehearsal.ts';
import { makePaint } from '../render/paint.ts';
import { hang } from '../render/text.ts';
import { PACE_MS } from './rehearse.ts';

const REQUEST = fileURLToPath(new URL('../../examples/shop/request.json', import.meta.url));

/** The two ends every deployment can come to, on the same service. */
const acts = [
  {
    version: 'healthy',
    ends: 'succeeded',
    title: 'The shop goes from version 41 to version 42, which is healthy',
  },
  {
    version: 'errors-under-load:3rps',
    ends: 'rolledBack',
    title:
      'The same with a version that answers 5xx beyond 3 requests a second and task: half the traffic ' +
      'is too much, and its alarm rolls it back',
  },
] as const;

export const demoCommand: Command = {
  name: 'demo',
  summary: 'deploy the sample shop twice on this machine: a healthy version, then one that is rolled back',
  usage: '[--virtual [--fast]]',
  exits: [0, 1, 4, 130],
  options: {
    virtual: {
      type: 'boolean',
      help: 'rehearse both in virtual time instead, in seconds; in a pipe and in CI always',
    },
    fast: { type: 'boolean', help: 'do not slow the timeline down on a terminal' },
  },
  examples: [{ line: 'cutover demo', description: 'the same as npm start' }],
  run: async (args, terminal, host) => {
    const live = terminal.interactive && process.env.CI === undefined && !args.flag('virtual');
    if (live && !args.flag('fast')) return liveStory(terminal, host);
    const paint = makePaint(terminal.colour);
    const { input, request, world } = readInputs(REQUEST, undefined);
    // As it is typed here: the demo is run in a clone, and where the package is installed.
    const typed = word(relative(process.cwd(), REQUEST));
    const preflight = await preflightWorld(world, request);
    let asExpected = true;

    for (const { version, ends, title } of acts) {
      terminal.out(`\n${paint('bold', hang(title, 0, terminal.width))}\n\n`);
      const report = await runRehearsal(
        { request: input, world, version, inject: [], seed: 1 },
        {
          json: false,
          verbose: false,
          preflight,
          paceMs: terminal.interactive && !args.flag('fast') ? PACE_MS : null,
          again: `npx cutover rehearse ${typed}${version === 'healthy' ? '' : ` --version ${version}`} --seed 1`,
        },
        terminal,
      );
      asExpected &&= report.outcome === ends && report.invariantViolations.length === 0;
    }
    return asExpected ? EXIT_OK : EXIT_STUCK;
  },
};
