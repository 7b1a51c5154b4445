import { estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED } from '../exit-codes.ts';
import { INPUT_USAGE, inputOptions, inputsOf } from '../rehearsal/inputs.ts';
import { observeWorld } from '../rehearsal/observe-world.ts';
import { assumedText } from '../render/assumed.ts';
import { makePaint } from '../render/paint.ts';
import { planText } from '../render/plan.ts';

export const planCommand: Command = {
  name: 'plan',
  summary: 'show what a deployment would do, and what preflight finds, without running it',
  usage: INPUT_USAGE,
  exits: [0, 1, 3, 8],
  options: {
    ...inputOptions,
    json: { type: 'boolean', help: 'one JSON object: plan, findings, estimate' },
  },
  examples: [
    { line: 'cutover plan examples/shop/request.json', description: 'shifts, times, cost and findings' },
    {
      line: 'cutover plan production/shop',
      description: 'of a service in your account, as if it had moved to Cutover',
    },
    { line: 'cutover plan examples/shop/request.json --json | jq .findings', description: 'for a script' },
  ],
  run: async (args, terminal, host) => {
    const { request, world } = await inputsOf(args, host, 'plan');
    const { assumed = [] } = world;
    const paint = makePaint(terminal.colour);

    const { plan, findings } = planDeployment(await observeWorld(world, request), request);
    const estimate = plan === null ? null : estimateOf(plan);

    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ type: 'plan', plan, findings, estimate, assumed })}\n`
        : assumedText(assumed, terminal.width, paint) +
            planText({ plan, findings, estimate }, terminal.width, paint),
    );
    return plan === null ? EXIT_REFUSED : EXIT_OK;
  },
};
