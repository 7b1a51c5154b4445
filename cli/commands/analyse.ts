import { describeProblems } from '../../core/request/problem.ts';
import { analyse } from '../../core/verdict/analysis/analyse.ts';
import { openAccount } from '../account/account.ts';
import { deploymentIfAny } from '../account/last-deployment.ts';
import { TARGET_USAGE, targetOptions, targetSection } from '../account/target.ts';
import { namedTargetOf } from '../account/target-of.ts';
import { liveSeries } from '../analysis/live-series.ts';
import { readSeries, type Series } from '../analysis/read-series.ts';
import { recordedSeries } from '../analysis/recorded-series.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.types.ts';
import { EXIT_OK } from '../exit-codes.ts';
import { isFile, readText } from '../files.ts';
import { analysisText } from '../render/analysis.ts';
import { makePaint } from '../render/paint.ts';
import { UsageError } from '../usage-error.ts';

const readFile = (path: string): Series => {
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`, {
      hint: '`cutover analyse --help` shows the form of a series; of a service --cluster and --service name it',
    });
  }
  const read = readSeries(value);
  if ('series' in read) return read.series;
  const [head = '', ...lines] = describeProblems(read.problems, 'series').split('\n');
  throw new UsageError(`${path} cannot be analysed. ${head}`, {
    problems: lines.map((line) => line.replace(/^- /, '')),
    hint: '`cutover analyse --help` shows the form of a series',
  });
};

/** No cluster or service has a dot in its name, except in an ARN, which has colons before it. */
const looksLikeFile = (name: string): boolean => /^[^:]*\./.test(name);

/**
 * A file of somebody's own, the metrics that a deployment of the service has kept, or what CloudWatch has of its two
 * target groups now.
 */
const seriesOf = async (
  args: Arguments,
  terminal: Parameters<Command['run']>[1],
  host: Parameters<Command['run']>[2],
): Promise<Series> => {
  const [only, ...more] = args.positionals;
  const files = args.positionals.filter((name) => name.endsWith('.json') || isFile(name));
  if (files.length > 0 && more.length > 0) {
    throw new UsageError(`expected one series, found ${args.positionals.join(' ')}`, {
      hint: 'analyse them one after the other',
    });
  }
  if (only !== undefined && files.length > 0) return readFile(only);
  if (only !== undefined && looksLikeFile(only)) {
    throw new UsageError(`expected a series as a JSON file, or a service, found no file ${only}`, {
      hint: 'name a service as CLUSTER/SERVICE, as SERVICE of cutover.yaml, or by --cluster and --service',
    });
  }
  const target = namedTargetOf(args, terminal);
  const account = await openAccount(host, target);
  if (args.flag('live')) return liveSeries(account, target);
  const found = await deploymentIfAny(account, target, args.text('deployment'));
  return found === null ? liveSeries(account, target) : recordedSeries(account, found.deploymentId);
};

export const analyseCommand: Command = {
  name: 'analyse',
  summary: 'judge a recorded series, or what a deployment has read, as a deployment would have',
  usage: `SERIES.json | ${TARGET_USAGE} [options]`,
  exits: [0, 1, 8],
  options: {
    json: { type: 'boolean', help: 'one JSON object a line and minute, then the decision' },
    live: {
      type: 'boolean',
      help: 'of a service: the last hour of its two target groups; default where it was never deployed',
    },
    deployment: {
      type: 'string',
      value: 'NAME',
      help: 'of a service: this one; default: the running one, else the last',
    },
    ...targetOptions,
  },
  examples: [
    {
      line: 'cutover analyse examples/analysis/regression.json',
      description: 'a version that fails 5 times as often',
    },
    {
      line: 'cutover analyse production/shop --deployment shop-42',
      description: 'what an earlier deployment read, judged again',
    },
    {
      line: 'cutover analyse production/shop --live',
      description: 'both target groups, even if others move the users',
    },
    { line: 'cutover analyse series.json --json | tail -1 | jq .decision', description: 'for a script' },
  ],
  sections: [
    targetSection,
    {
      title: 'SERIES.json',
      rows: [
        {
          form: '"minutes"',
          does: '[{"blue": {"requests": 950, "bad": 1}, "green": {"requests": 50, "bad": 0}}, ...]',
        },
        { form: '"method"', does: '"recommended" (default), "strict", "noninferiority" or "bake"' },
        {
          form: '"psi", "delta"',
          does: "the margin: green may have psi times blue's rate plus delta (1.25 and 0.0001)",
        },
        { form: '"alpha"', does: 'the chance of a false rollback that is accepted (0.01)' },
        { form: '"sigma"', does: "how much each colour's own rate varies from minute to minute (0.25)" },
        {
          form: '"history"',
          does: '{"requests": [...], "bad": [...]}: blue before the deployment; sigma comes from it',
        },
        { form: '"baselineRate"', does: 'for "bake": the share of bad requests that green may have' },
      ],
    },
    {
      title: 'The last line of --json',
      rows: [
        { form: '"decision"', does: '"rollBack", "hold", "advance" or "continue", by the evidence alone' },
        { form: '"minute"', does: 'in which the evidence decided, from 1; null: not yet' },
        {
          form: '"outage"',
          does:
            "the first minute in which half of green's requests failed while blue was well: a deployment rolls " +
            'back there, whatever the evidence; null: none',
        },
        {
          form: '"pValue"',
          does: 'the chance of so strong a sign, at any time, if there were nothing to find',
        },
        { form: '"bounds"', does: "green's rate minus blue's lies between these two; null: no blue" },
        {
          form: '"smallestDetectableRatio"',
          does: "of green's rate to blue's, that these minutes could show",
        },
        { form: '"sigma"', does: 'the one that was used' },
      ],
    },
  ],
  run: async (args, terminal, host) => {
    const { minutes, analysis, calibrated } = await seriesOf(args, terminal, host);
    const analysed = analyse(minutes, analysis);

    if (!args.flag('json')) {
      terminal.out(
        analysisText({ minutes, analysis, calibrated }, analysed, terminal.width, makePaint(terminal.colour)),
      );
      return EXIT_OK;
    }
    for (const minute of analysed.minutes) terminal.out(`${JSON.stringify(minute)}\n`);
    const { decision, minute, outage, pValue, bounds, smallestDetectableRatio } = analysed;
    const last = {
      decision,
      minute,
      outage,
      pValue,
      bounds: bounds === null ? null : [bounds.lower, bounds.upper],
      smallestDetectableRatio,
      sigma: analysis.method === 'strict' ? 0 : analysis.sigma,
    };
    terminal.out(`${JSON.stringify(last)}\n`);
    return EXIT_OK;
  },
};
