import { reportOfDeployment } from '../../report/from-deployment.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { openAccount } from '../account/account.ts';
import { lastDeployment } from '../account/last-deployment.ts';
import { rememberedDeployment } from '../account/remembered.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { checkReportPath, writeReport } from '../rehearsal/write-report.ts';
import { UsageError } from '../usage-error.ts';

export const reportCommand: Command = {
  name: 'report',
  summary: 'write what a deployment did as one HTML file to keep or attach to a ticket',
  usage: `${TARGET_USAGE} [options]`,
  exits: [0, 1, 8],
  options: {
    deployment: {
      type: 'string',
      value: 'NAME',
      help: 'this one; default: the running one, else the last',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE.html',
      help: 'default: cutover-NAME.html in this directory; with --json or --markdown no file',
    },
    json: { type: 'boolean', help: 'the report as one JSON object on standard output' },
    markdown: {
      type: 'boolean',
      help: 'a short one for a job summary or a pull request, on standard output',
    },
    ...targetOptions,
  },
  examples: [
    { line: 'cutover report production/shop', description: 'of the deployment that runs or ran last' },
    {
      line: 'cutover report shop --env production --deployment shop-42 -o ticket.html',
      description: 'of an earlier one',
    },
  ],
  sections: [targetSection],
  run: async (args, terminal, host) => {
    const [json, markdown] = [args.flag('json'), args.flag('markdown')];
    if (json && markdown) throw new UsageError('expected either --json or --markdown, found both');
    const output = args.text('output');
    if (output !== undefined) checkReportPath(output);
    const target = namedTargetOf(args, terminal);
    const account = await openAccount(host, target);
    const deployment = await lastDeployment(account, target, args.text('deployment'));
    const otherwise = json || markdown ? undefined : `cutover-${deployment.deploymentId}.html`;
    const path = output ?? otherwise;
    if (path !== undefined) checkReportPath(path);

    const report = reportOfDeployment(await rememberedDeployment(account, deployment));
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    if (markdown) terminal.out(renderMarkdown(report));
    if (path !== undefined) writeReport(path, report, terminal);
    return EXIT_OK;
  },
};
