import { main } from '../../cli/main.ts';
import type { Terminal } from '../../cli/terminal.ts';

export type Run = { code: number; out: string; err: string; paused: number };

/** A terminal that keeps what is written to it and never waits. */
export const aTerminal = (
  shown: Partial<
    Pick<Terminal, 'width' | 'columns' | 'height' | 'interactive' | 'colour' | 'keys' | 'pause'>
  > = {},
) => {
  const run = { out: '', err: '', paused: 0 };
  const terminal: Terminal = {
    out: (text) => {
      run.out += text;
    },
    err: (text) => {
      run.err += text;
    },
    width: 100,
    height: 40,
    interactive: false,
    colour: false,
    pause: async (ms) => {
      run.paused += ms;
    },
    ...shown,
  };
  return { terminal, run };
};

/** `cutover ...` as a person would type it. */
export const cutover = async (argv: string[], shown: Parameters<typeof aTerminal>[0] = {}): Promise<Run> => {
  const { terminal, run } = aTerminal(shown);
  const code = await main(argv, terminal);
  return { ...run, code };
};

export const example = (name: string): string =>
  new URL(`../../examples/${name}/request.json`, import.meta.url).pathname;
