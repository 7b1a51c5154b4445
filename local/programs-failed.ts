import type { LogLine } from './tasks/logs.ts';
import type { ProgramEnd } from './tasks/task-processes.ts';

/** The tasks that a world begins with do not come up: a matter of their programs, not of this one. */
export class ProgramsFailed extends Error {
  override readonly name = 'ProgramsFailed';
  /** One sentence each, with the last lines that the program printed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('the tasks that the world begins with do not come up');
    this.problems = problems;
  }
}

const LINES_SHOWN = 4;

/** One sentence for all tasks of the same images that ended alike. */
export const problemsOf = (ends: readonly ProgramEnd[], lines: readonly LogLine[]): string[] => {
  const alike = new Map<string, ProgramEnd[]>();
  for (const end of ends) {
    const key = `${end.images.join(', ')}: ${end.why}`;
    alike.set(key, [...(alike.get(key) ?? []), end]);
  }
  return [...alike].map(([text, [first]]) => {
    const printed = lines.filter(({ task }) => task === first?.task).slice(-LINES_SHOWN);
    const last = printed.map(({ line }) => line.trim()).join(' | ');
    return `${text}; it printed ${last === '' ? 'nothing' : last}`;
  });
};
