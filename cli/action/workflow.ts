import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** What the runner of GitHub Actions gives a step, and takes from it. */
export type Workflow = {
  /** An input of action.yml; '' when it is not given. */
  input(name: string): string;
  variable(name: string): string;
  output(name: string, value: string): void;
  /** Markdown for the job's summary. */
  summary(markdown: string): void;
  /** Marks the run, on its page and beside the step's log. */
  annotate(kind: 'error' | 'warning' | 'notice', title: string, message: string): void;
  log(text: string): void;
  /** Between the two, no text of somebody else is taken for a command of the runner. */
  quoted<Value>(run: () => Promise<Value>): Promise<Value>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A message of a workflow command is one line. */
const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapedProperty = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

export const makeWorkflow = (environment: Environment, write: (text: string) => void): Workflow => {
  const append = (file: string, text: string): void => {
    const path = environment[file];
    if (path !== undefined && path !== '') appendFileSync(path, text);
  };
  return {
    input: (name) => (environment[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
    variable: (name) => environment[name] ?? '',
    output: (name, value) => {
      // Between two lines that nobody can guess: a value with a line break is one value.
      const delimiter = `cutover-${randomUUID()}`;
      append('GITHUB_OUTPUT', `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
    },
    summary: (markdown) => append('GITHUB_STEP_SUMMARY', markdown),
    annotate: (kind, title, message) =>
      write(`::${kind} title=${escapedProperty(title)}::${escaped(message)}\n`),
    log: write,
    quoted: async (run) => {
      const token = `cutover-${randomUUID()}`;
      write(`::stop-commands::${token}\n`);
      try {
        return await run();
      } finally {
        write(`\n::${token}::\n`);
      }
    },
  };
};
