/** Where a command writes, and what can be shown there. Tests pass one of their own. */
export type Terminal = {
  /** To standard output, as it is. */
  out(text: string): void;
  /** To standard error, as it is. */
  err(text: string): void;
  /** To standard output in one piece: sequences that move the cursor, then a text. Missing: `out` takes both. */
  redraw?(cursor: string, text: string): void;
  /** Columns that lines are laid out for; follows the window. */
  readonly width: number;
  /** Columns of the window, where somebody says: what is drawn over must not wrap, however narrow it is. */
  readonly columns?: number;
  /** Rows of the window, where somebody says. */
  readonly height?: number;
  /** A person is watching, so lines may be paced. */
  interactive: boolean;
  colour: boolean;
  /**
   * Calls back for every key until the returned function is called; missing where there is no keyboard to listen to.
   */
  keys?(press: (key: string) => void): () => void;
  /** Resolves after real milliseconds; the only real time in the command. */
  pause(ms: number): Promise<void>;
};

/** For pipes and files, where nobody says how wide they are. */
export const PIPE_WIDTH = 100;

/** Where nobody says how high the window is. */
export const USUAL_HEIGHT = 24;

/** Under this, columns would be narrower than the words in them. */
const MIN_WIDTH = 60;

type Environment = Readonly<Record<string, string | undefined>>;

/** https://no-color.org and https://force-color.org: set and not empty; FORCE_COLOR=0 is an off switch by custom. */
export const wantsColour = (environment: Environment, isTerminal: boolean): boolean => {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTerminal && term !== 'dumb';
};

/** One key at a time and none of them shown; whatever ends the process, the terminal gets its own ways back. */
const listen = (press: (key: string) => void): (() => void) => {
  const { stdin } = process;
  const onData = (keys: Buffer): void => {
    // An arrow is several characters and no key of ours; what is pasted is several keys.
    const text = keys.toString('utf8');
    for (const key of text.startsWith('\u001b') ? [] : text) press(key);
  };
  const giveBack = (): void => void stdin.setRawMode(false);
  stdin.setRawMode(true).resume().on('data', onData);
  process.once('exit', giveBack);
  return () => {
    process.off('exit', giveBack);
    stdin.off('data', onData).pause();
    giveBack();
  };
};

export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get width() {
    return Math.max(MIN_WIDTH, process.stdout.columns ?? PIPE_WIDTH);
  },
  get columns() {
    return process.stdout.columns ?? PIPE_WIDTH;
  },
  get height() {
    return process.stdout.rows ?? USUAL_HEIGHT;
  },
  // A dumb terminal cannot move its cursor, so nothing is drawn over there.
  interactive: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
  colour: wantsColour(process.env, process.stdout.isTTY === true),
  ...(process.stdin.isTTY === true ? { keys: listen } : {}),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
