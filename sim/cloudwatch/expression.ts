import { tokenCursor, tokensOf } from './token-cursor.ts';

/**
 * A small part of CloudWatch's metric math: numbers, metric ids, `+ - * /`, comparisons (1 or 0), `AND` `OR`,
 * parentheses, and the functions below. Undefined is a missing data point, and anything computed from one is missing
 * too.
 */

type Value = number | undefined;
export type Expression = (pointOf: (id: string) => Value) => Value;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|==|!=|&&|\|\||[-+*/(),<>]))/y;

const unreadable = (rest: string): Error =>
  new Error(`it has ${JSON.stringify(rest.trim()[0])}, which the simulator cannot read`);

const both =
  (left: Expression, right: Expression, combine: (a: number, b: number) => Value): Expression =>
  (pointOf) => {
    const a = left(pointOf);
    const b = right(pointOf);
    return a === undefined || b === undefined ? undefined : combine(a, b);
  };

/** Operators by how tightly they bind, loosest first. */
const LEVELS: Record<string, (a: number, b: number) => Value>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0), '||': (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0), '&&': (a, b) => Number(a !== 0 && b !== 0) },
  {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  // A division by zero gives no data point.
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? undefined : a / b) },
];

type Call = { arity: [number, number]; make(args: Expression[]): Expression };
const missing: Expression = () => undefined;

const FUNCTIONS: Record<string, Call> = {
  FILL: {
    arity: [2, 2],
    make:
      ([series = missing, filler = missing]) =>
      (pointOf) =>
        series(pointOf) ?? filler(pointOf),
  },
  IF: {
    arity: [2, 3],
    make:
      ([condition = missing, then = missing, otherwise = missing]) =>
      (pointOf) => {
        const holds = condition(pointOf);
        if (holds === undefined) return undefined;
        return holds === 0 ? otherwise(pointOf) : then(pointOf);
      },
  },
  ABS: {
    arity: [1, 1],
    make:
      ([value = missing]) =>
      (pointOf) => {
        const found = value(pointOf);
        return found === undefined ? undefined : Math.abs(found);
      },
  },
};

/** @throws Error saying what of the expression is not modelled. */
export const parseExpression = (text: string): { evaluate: Expression; ids: string[] } => {
  const { next, take, skip, expect, end } = tokenCursor(tokensOf(TOKEN, text, unreadable));
  const ids = new Set<string>();

  const level = (index: number): Expression => {
    const operators = LEVELS[index];
    if (operators === undefined) return primary();
    let left = level(index + 1);
    for (;;) {
      const combine = operators[next() ?? ''];
      if (combine === undefined) return left;
      take();
      left = both(left, level(index + 1), combine);
    }
  };

  const call = (name: string): Expression => {
    const known = FUNCTIONS[name];
    if (known === undefined) throw new Error(`the simulator does not model its function ${name}`);
    const args = [level(0)];
    while (skip(',')) args.push(level(0));
    expect(')');
    const [least, most] = known.arity;
    if (args.length < least || args.length > most) throw new Error(`${name} has ${args.length} arguments`);
    return known.make(args);
  };

  const primary = (): Expression => {
    const token = take();
    if (token === '-') {
      const negated = primary();
      return both(
        () => 0,
        negated,
        (a, b) => a - b,
      );
    }
    if (token === '(') {
      const inner = level(0);
      expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]/.test(token))
      throw new Error(`expected a value, found ${token === '' ? 'its end' : token}`);
    if (skip('(')) return call(token);
    ids.add(token);
    return (pointOf) => pointOf(token);
  };

  const evaluate = level(0);
  end();
  return { evaluate, ids: [...ids] };
};
