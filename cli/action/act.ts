import { join } from 'node:path';
import { commandKinds } from '../../core/vocabulary/command.types.ts';
import { EXIT_OK, EXIT_USAGE, type ExitCode, exitCodes } from '../exit-codes.ts';
import { readChoice, UsageError } from '../usage-error.ts';
import { comment, fenced } from './comment.ts';
import { type ActionCommand, inputOfOption, inputsOf } from './inputs.ts';
import { runName } from './run-name.ts';
import type { Workflow } from './workflow.ts';

type Ran = { code: ExitCode; out: string; err: string };

/** Runs `cutover ...`; `shown`: what it prints, its errors included, is the step's log. */
export type Cutover = (argv: string[], shown: boolean) => Promise<Ran>;

const actions = ['deploy', 'plan', 'watch', 'rollback', ...commandKinds] as const satisfies ActionCommand[];

const outcomeOf = (code: ExitCode): string =>
  exitCodes.find((known) => known.code === code)?.name ?? 'interrupted';

/** A list of an input, one a line. */
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** In one word: a reason such as "- 5 % fewer orders" is a value all the same. */
const option = (name: string, value: string): string[] => (value === '' ? [] : [`--${name}=${value}`]);

/** The runner does not hold a step to the inputs that action.yml requires. */
const requireService = ({ input }: Workflow): void => {
  const service = input('service');
  if (service !== '' && !service.startsWith('-')) return;
  const found = service === '' ? 'nothing' : `"${service}"`;
  throw new UsageError(`service: expected SERVICE of cutover.yaml or CLUSTER/SERVICE, found ${found}`);
};

/** A workflow may have one step for several commands, so what one of them does not use is no error. */
const nameUnused = (workflow: Workflow, command: ActionCommand): void => {
  const uses = new Set(inputsOf(command));
  const all = [...new Set(Object.values(inputOfOption))];
  const unused = all.filter((name) => !uses.has(name) && !['', 'false'].includes(workflow.input(name)));
  if (unused.length === 0) return;
  const names = unused.length === 1 ? `input ${unused[0]}` : `inputs ${unused.join(', ')}`;
  workflow.annotate('notice', 'Cutover', `${command} does not use the ${names}`);
};

const targetOf = ({ input }: Workflow): string[] => [
  input('service'),
  ...option('env', input('environment')),
  ...option('config', input('config')),
  ...option('region', input('region')),
  ...option('installation', input('installation')),
];

const whatOf = ({ input }: Workflow): string[] => [
  ...lines(input('images')).flatMap((image) => option('image', image)),
  ...option('task-definition', input('task-definition')),
];

const howOf = ({ input }: Workflow): string[] => [
  ...lines(input('alarms')).flatMap((alarm) => option('alarm', alarm)),
  ...option('strategy', input('strategy')),
  ...option('when-busy', input('when-busy')),
];

/** Runs what the step asks for; its exit code is the step's. */
export const act = async (
  workflow: Workflow,
  cutover: Cutover,
  request: typeof fetch = fetch,
): Promise<ExitCode> => {
  const command = readChoice('command', workflow.input('command') || 'deploy', actions);
  requireService(workflow);
  nameUnused(workflow, command);
  if (command === 'plan') return plan(workflow, cutover, request);
  if (command === 'deploy' || command === 'rollback' || command === 'watch') {
    return follow(workflow, cutover, command);
  }
  const reason = option('reason', workflow.input('reason'));
  const { code, err } = await cutover([command, ...targetOf(workflow), ...reason], true);
  workflow.output('outcome', outcomeOf(code));
  if (code !== EXIT_OK) annotate(workflow, code, err);
  return code;
};

const follow = async (
  workflow: Workflow,
  cutover: Cutover,
  command: 'deploy' | 'rollback' | 'watch',
): Promise<ExitCode> => {
  const { input, variable } = workflow;
  const target = targetOf(workflow);
  const named = ['service', 'environment', 'config', 'region', 'installation'].map(input);
  const ofRun = runName(named, variable('GITHUB_RUN_ID'));
  const back = command === 'rollback';
  // What is only watched is the running deployment unless it is named.
  const name = input('name') || (command === 'watch' ? '' : back ? `back-${ofRun}` : ofRun);
  if (name !== '') workflow.output('name', name);

  const waiting = [
    ...option('wait-until', input('wait-until') || 'done'),
    ...option('timeout', input('timeout')),
  ];
  const argv =
    command === 'deploy'
      ? [command, ...target, ...whatOf(workflow), ...howOf(workflow), ...option('name', name), ...waiting]
      : back
        ? [
            command,
            ...target,
            ...option('to', input('task-definition')),
            ...option('name', name),
            ...option('reason', input('reason')),
            ...waiting,
          ]
        : [command, ...target, ...option('deployment', name), ...waiting];
  const { code, err } = await cutover(argv, true);
  workflow.output('outcome', outcomeOf(code));
  // Wrong input never started anything: there is nothing to report on, and a second error would mislead.
  if (code === EXIT_USAGE) {
    annotate(workflow, code, err);
    return code;
  }

  // A rollback by weights has no name: it is an end of the deployment that it went back in, the last one.
  const which = [...target, ...option('deployment', back ? '' : name)];
  const path = join(variable('RUNNER_TEMP') || '.', `cutover-${name || ofRun}.html`);
  // The report is about the deployment; whether it can be written says nothing of how that went.
  const report = await cutover(['report', ...which, '--output', path, '--markdown'], false);
  if (report.code === EXIT_OK) {
    workflow.summary(report.out);
    workflow.output('report', path);
    workflow.log(`report written to ${path}\n`);
  } else workflow.log(`there is no report of ${name || 'it'}\n`);
  if (code !== EXIT_OK) annotate(workflow, code, err, report.out);
  return code;
};

/** With the reason: of the deployment where the report has it, else what the command printed as its error. */
const annotate = (workflow: Workflow, code: ExitCode, err: string, report = ''): void => {
  const means = exitCodes.find((known) => known.code === code)?.means ?? '';
  const reason = headline(report) ?? said(err);
  const kind = code === 6 || code === 7 ? 'warning' : 'error';
  workflow.annotate(kind, `Cutover: ${outcomeOf(code)}`, reason === '' ? means : reason);
};

/** What the command said first, without its label, and as it was before it was broken into lines for a log. */
const said = (err: string): string =>
  (err.trim().split('\n\n')[0] ?? '').replace(/^(error|refused): /i, '').replace(/\n {2,}(?=\S)/g, ' ');

/** The last thing that a plan says when it would be refused. */
const verdictOf = (plan: string): string => /^ *(REFUSED: (?:.+\n?)+)/m.exec(plan)?.[1] ?? '';

/** The sentence that a report in Markdown begins with, and what preflight refused a deployment for. */
const headline = (markdown: string): string | undefined => {
  const sentence = /^### \S+ (.+)$/m.exec(markdown)?.[1]?.replaceAll(/\\([\\*_`[\]|])/g, '$1');
  const errors = [...markdown.matchAll(/^- error (.+)$/gm)].map(([line]) => line);
  return sentence === undefined ? undefined : [sentence, ...errors].join('\n');
};

const plan = async (workflow: Workflow, cutover: Cutover, request: typeof fetch): Promise<ExitCode> => {
  const { input, variable } = workflow;
  const target = targetOf(workflow);
  const printed: string[] = [];
  const errors: string[] = [];
  let code: ExitCode = EXIT_OK;
  const run = async (argv: string[]): Promise<void> => {
    const ran = await cutover(argv, true);
    printed.push(ran.out, ran.err);
    errors.push(ran.err);
    if (ran.code !== EXIT_OK) code = ran.code;
  };
  const what = whatOf(workflow);
  const how = [...howOf(workflow), ...(input('strict') === 'true' ? ['--strict'] : [])];
  await run(
    what.length > 0 ? ['deploy', ...target, ...what, ...how, '--dry-run'] : ['preflight', ...target, ...how],
  );

  workflow.output('outcome', outcomeOf(code));
  const plain = (text: string): string => text.replace(/[^\w./-]/g, '-');
  const name = [input('service'), input('environment')]
    .filter((word) => word !== '')
    .map(plain)
    .join(' ');
  const verdict = code === EXIT_OK ? 'no problems were found' : outcomeOf(code);
  const body = `<!-- cutover ${name} -->\n### Cutover would deploy ${name}: ${verdict}\n\n${fenced(printed.join(''))}`;
  workflow.summary(body);
  if (code !== EXIT_OK) annotate(workflow, code, errors.join('') || verdictOf(printed.join('')));
  if (variable('GITHUB_EVENT_NAME') === 'pull_request' && input('token') !== '') {
    try {
      await comment(workflow, body, request);
    } catch (error) {
      workflow.annotate(
        'warning',
        'Cutover',
        `no comment on the pull request: ${error instanceof Error ? error.message : error}. Does the ` +
          'job have pull-requests: write?',
      );
    }
  }
  return code;
};

/** What a wrong input ends in. */
export const usage = (workflow: Workflow, message: string): ExitCode => {
  workflow.output('outcome', outcomeOf(EXIT_USAGE));
  workflow.annotate('error', 'Cutover: usage', message);
  return EXIT_USAGE;
};
