import { observeForPlan } from '../../aws/plan-observation.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { serviceKeyOf } from '../../core/deployment/service-key.ts';
import { estimate as estimateOf } from '../../core/estimate/estimate.ts';
import { planDeployment } from '../../core/plan/plan.ts';
import { escalate } from '../../core/plan/preflight/escalate.ts';
import { parseRequest } from '../../core/request/request.ts';
import { openForReading } from '../account/account.ts';
import { checkRequest, requestFields, requestOptions } from '../account/deployment-request.ts';
import { runningRevision } from '../account/revision.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { targetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK, EXIT_REFUSED } from '../exit-codes.ts';
import { makePaint } from '../render/paint.ts';
import { planText } from '../render/plan.ts';
import { hang } from '../render/text.ts';
import { UsageError } from '../usage-error.ts';
import { writeEvent } from '../watch/json-sink.ts';

/** Reading everything around a service with many routes takes some dozens of calls. */
const READING_MS = 90 * SECOND_MS;

export const preflightCommand: Command = {
  name: 'preflight',
  summary: 'check a service in the account as a deployment would, and show its plan; changes nothing',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 3, 8],
  options: {
    'task-definition': {
      type: 'string',
      short: 't',
      value: 'NAME',
      help: 'family, family:revision or ARN; default: cutover.yaml’s, else the running one',
    },
    strict: { type: 'boolean', help: 'warnings are errors' },
    json: { type: 'boolean', help: 'one JSON object: plan, findings, estimate' },
    ...requestOptions,
    ...targetOptions,
  },
  examples: [
    { line: 'cutover preflight production/shop', description: 'everything that is wrong, with what to do' },
    { line: 'cutover preflight shop --env production --strict', description: 'in a pull request' },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const target = targetOf(args);
    const { taskDefinition: configured, ...fields } = requestFields(target, args);
    checkRequest({ ...fields, taskDefinition: 'family' });

    const { account, installed } = await openForReading(host, target);
    if (!installed) {
      const note =
        `the installation "${target.installation}" of Cutover was not found or may not be read: only the ` +
        'service is checked';
      terminal.err(`${hang(note, 2, terminal.width)}\n`);
    }
    const named = args.text('task-definition') ?? (isName(configured) ? configured : undefined);
    const taskDefinition = named ?? (await runningRevision(account, target));
    if (taskDefinition === null) {
      throw new UsageError(`${target.words} has no running task set to take the task definition from`, {
        hint: 'name one with --task-definition',
      });
    }
    const parsed = parseRequest({ ...fields, taskDefinition });
    if (!parsed.ok) throw new UsageError(`--task-definition: expected a name, found "${taskDefinition}"`);
    const { request } = parsed;

    const verbs = account.verbs({ limitMs: READING_MS });
    const { lastGroups } = installed ? await verbs.leases.read(serviceKeyOf(target)) : { lastGroups: [] };
    const observed = await observeForPlan(verbs, request, lastGroups);
    const surroundings = await verbs.surroundings(observed, request);
    const { plan, findings } = planDeployment({ ...observed, surroundings }, request);
    const estimate = plan === null ? null : estimateOf(plan);
    const strictly = escalate(findings, args.flag('strict'));
    const refused = strictly.some(({ severity }) => severity === 'error');

    if (args.flag('json')) writeEvent(terminal, 'preflight', { refused, plan, findings, estimate });
    else {
      const { width, colour } = terminal;
      terminal.out(planText({ plan, findings, estimate }, width, makePaint(colour), args.flag('strict')));
    }
    return refused ? EXIT_REFUSED : EXIT_OK;
  },
};

/** cutover.yaml may name a file, which is registered only when it is deployed. */
const isName = (value: unknown): value is string => typeof value === 'string' && !value.endsWith('.json');
