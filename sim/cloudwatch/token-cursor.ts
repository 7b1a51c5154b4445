/** Goes through the tokens of a rule or an expression, one after the other. */
type TokenCursor = {
  next(): string | undefined;
  /** The next one, and steps beyond it; empty at the end. */
  take(): string;
  /** Steps beyond the next one if it is this. */
  skip(token: string): boolean;
  /** @throws Error if the next one is another. */
  expect(wanted: string): void;
  /** @throws Error if something is left. */
  end(): void;
};

export const tokenCursor = (tokens: readonly string[]): TokenCursor => {
  let at = 0;
  const take = (): string => tokens[at++] ?? '';
  return {
    next: () => tokens[at],
    take,
    skip: (token) => {
      const found = tokens[at] === token;
      if (found) at += 1;
      return found;
    },
    expect: (wanted) => {
      const found = take();
      if (found !== wanted) throw new Error(`expected ${wanted}, found ${found === '' ? 'its end' : found}`);
    },
    end: () => {
      if (at < tokens.length) throw new Error(`it continues after its end: ${tokens.slice(at).join(' ')}`);
    },
  };
};

/** Every match of a sticky pattern, one after the other; `refuse` makes the error for a rest that none begins with. */
export const tokensOf = (pattern: RegExp, text: string, refuse: (rest: string) => Error): string[] => {
  const tokens: string[] = [];
  const token = new RegExp(pattern);
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw refuse(text.slice(at));
    tokens.push(found[0].trim());
  }
  return tokens;
};
