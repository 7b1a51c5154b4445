import { estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import { onlyPositional } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED } from '../exit-codes.ts';
import { readInputs } from '../rehearsal/inputs.ts';
import { observeWorld } from '../rehearsal/observe-world.ts';
import { makePaint } from '../render/paint.ts';
import { planText } from '../render/plan.ts';

export const planCommand: Command = {
  name: 'plan',
  summary: 'show what a deployment would do, and what preflight finds, without running it',
  usage: 'REQUEST.json [options]',
  exits: [0, 1, 3],
  options: {
    world: {
      type: 'string',
      value: 'WORLD',
      help: 'directory or file that describes the account; default: world beside REQUEST.json',
    },
    json: { type: 'boolean', help: 'one JSON object: plan, findings, estimate' },
  },
  examples: [
    { line: 'cutover plan examples/shop/request.json', description: 'shifts, times, cost and findings' },
    { line: 'cutover plan examples/shop/request.json --json | jq .findings', description: 'for a script' },
  ],
  run: async (args, terminal) => {
    const requestPath = onlyPositional(args, 'REQUEST.json', 'plan');
    const { request, world } = readInputs(requestPath, args.text('world'));

    const { plan, findings } = planDeployment(await observeWorld(world, request), request);
    const estimate = plan === null ? null : estimateOf(plan);

    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ type: 'plan', plan, findings, estimate })}\n`
        : planText({ plan, findings, estimate }, terminal.width, makePaint(terminal.colour)),
    );
    return plan === null ? EXIT_REFUSED : EXIT_OK;
  },
};
