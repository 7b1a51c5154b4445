import { readSeries } from '../../cli/analysis/read-series.ts';
import { describeProblems } from '../../core/request/problem.ts';
import { parseRequest } from '../../core/request/request.ts';
import { analyse } from '../../core/verdict/analysis/analyse.ts';
import { behaviourNames, parseBehaviour } from '../../rehearsal/behaviour.ts';
import { faultHelp, parseFault, whenHelp } from '../../rehearsal/faults/parse-fault.ts';
import { pick } from '../../sim/kernel/random.ts';
import { requests, series } from './examples.ts';
import { asValue, mutateJson } from './mutate-json.ts';
import { mutateText } from './mutate-text.ts';
import type { Target } from './target.types.ts';

/** Each form of the help as somebody types it: the first of its alternatives, with and without what may be left out. */
const typed = (form: string): string[] =>
  [form.replace(/\[[^\]]*\]/g, ''), form.replace(/[[\]]/g, '')].map((text) =>
    text
      .replace(/^([\w-]+)\|[\w|-]+/, '$1')
      .replace('blue|green', 'blue')
      .replace('SERVICE', 'ecs')
      .replace('Operation', 'CreateTaskSet')
      .replace('COUNT', '4')
      .replace('BLUE/GREEN', '0/100')
      .replace('NAME', 'shop-5xx'),
  );

const whens = whenHelp.map(({ form }) => form.replace(/\bN\b/, '3').replace('NAME', 'Bake'));
const faults = faultHelp
  .flatMap(({ form }) => typed(form))
  .flatMap((form) => whens.map((when) => form.replace('WHEN', when)));
const versions = behaviourNames.flatMap(({ usage }) => typed(usage));

/** Those that read a value or a text, without a file or an account. */
export const readerTargets: readonly Target[] = [
  {
    name: 'request',
    cases: 40_000,
    draw: (random) => mutateJson(random, pick(random, requests)),
    feed: (input) => {
      const parsed = parseRequest(asValue(input));
      if (!parsed.ok) describeProblems(parsed.problems);
    },
  },
  {
    name: 'series',
    cases: 4_000,
    draw: (random) => mutateJson(random, pick(random, series)),
    feed: (input) => {
      const read = readSeries(asValue(input));
      if ('series' in read) analyse(read.series.minutes, read.series.analysis);
      else describeProblems(read.problems, 'series');
    },
  },
  {
    name: 'fault',
    cases: 20_000,
    draw: (random) => mutateText(random, pick(random, faults)),
    feed: parseFault,
  },
  {
    name: 'version',
    cases: 15_000,
    draw: (random) => mutateText(random, pick(random, versions)),
    feed: parseBehaviour,
  },
];
