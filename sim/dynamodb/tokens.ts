import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { reservedWords } from './reserved-words.ts';
import { invalid } from './values.ts';

/** Which of a call's expressions is read, for messages. */
type ExpressionKind =
  | 'ConditionExpression'
  | 'UpdateExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression';

/** The names and values that a call's expressions may use. Unused ones are refused, as DynamoDB does. */
export type Placeholders = {
  name(placeholder: string, kind: ExpressionKind): string;
  value(placeholder: string, kind: ExpressionKind): AttributeValue;
  assertAllUsed(): void;
};

export const makePlaceholders = (
  names: Record<string, string> | undefined,
  values: Record<string, AttributeValue> | undefined,
): Placeholders => {
  const used = new Set<string>();
  const find = <T>(
    all: Record<string, T> | undefined,
    placeholder: string,
    kind: string,
    what: string,
  ): T => {
    const found = all?.[placeholder];
    if (found === undefined) {
      throw invalid(
        `Invalid ${kind}: An expression attribute ${what} used in expression is not defined; attribute ` +
          `${what}: ${placeholder}`,
      );
    }
    used.add(placeholder);
    return found;
  };
  const assertUsed = (all: object | undefined, what: string): void => {
    if (all === undefined) return;
    if (Object.keys(all).length === 0) throw invalid(`ExpressionAttribute${what} must not be empty`);
    const unused = Object.keys(all).filter((placeholder) => !used.has(placeholder));
    if (unused.length > 0) {
      throw invalid(
        `Value provided in ExpressionAttribute${what} unused in expressions: keys: {${unused.join(', ')}}`,
      );
    }
  };
  return {
    name: (placeholder, kind) => find(names, placeholder, kind, 'name'),
    value: (placeholder, kind) => find(values, placeholder, kind, 'value'),
    assertAllUsed: () => {
      assertUsed(names, 'Names');
      assertUsed(values, 'Values');
    },
  };
};

const TOKEN = /\s*(?:([#:]?[A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+)|(<>|<=|>=|[=<>(),+]))/y;

/** Reads an expression from left to right. */
export type Reader = {
  readonly kind: ExpressionKind;
  readonly placeholders: Placeholders;
  /** The next token, not taken; undefined at the end. */
  peek(): string | undefined;
  take(): string;
  /** Takes the next token if it is this one; keywords in any case. */
  skip(token: string): boolean;
  expect(token: string): void;
  /** An attribute's name, resolved. */
  attribute(): string;
  /** Refuses the expression at the next token. */
  refuse(): never;
};

/** @throws ValidationException for anything that is not a name, a placeholder or an operator that is modelled. */
export const readExpression = (text: string, kind: ExpressionKind, placeholders: Placeholders): Reader => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw invalid(`Invalid ${kind}: sim does not model ${JSON.stringify(text.slice(from).trim())}`);
    tokens.push((match[1] ?? match[2]) as string);
  }
  let at = 0;

  const peek = (): string | undefined => tokens[at];
  const refuse = (): never => {
    const token = peek();
    throw invalid(
      token === undefined
        ? `Invalid ${kind}: Syntax error; the expression ends too early: ${JSON.stringify(text)}`
        : `Invalid ${kind}: Syntax error; token: ${JSON.stringify(token)}, near: ` +
            `${JSON.stringify(tokens.slice(at, at + 3).join(' '))}`,
    );
  };
  const take = (): string => {
    const token = peek();
    if (token === undefined) return refuse();
    at += 1;
    return token;
  };
  const skip = (token: string): boolean => {
    if (peek()?.toUpperCase() !== token.toUpperCase()) return false;
    at += 1;
    return true;
  };
  return {
    kind,
    placeholders,
    peek,
    take,
    skip,
    refuse,
    expect: (token) => {
      if (!skip(token)) refuse();
    },
    attribute: () => {
      const token = peek() ?? refuse();
      if (!/^[#A-Za-z_]/.test(token)) return refuse();
      if (token.startsWith('#')) return placeholders.name(take(), kind);
      if (reservedWords.has(token.toLowerCase())) {
        throw invalid(`Invalid ${kind}: Attribute name is a reserved keyword; reserved keyword: ${token}`);
      }
      return take();
    },
  };
};
