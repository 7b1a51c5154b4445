import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * DynamoDB items by hand: a few strings, numbers and lists, and whole documents as JSON strings, which nothing
 * queries. Their attribute names end in `Json`, which also keeps clear of DynamoDB's reserved words.
 */
export type Item = Record<string, AttributeValue>;

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const texts = (values: readonly string[]): AttributeValue => ({ L: values.map(text) });
export const json = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });

export const readText = (item: Item | undefined, name: string): string | undefined => item?.[name]?.S;

export const readNumber = (item: Item | undefined, name: string): number | undefined => {
  const digits = item?.[name]?.N;
  return digits === undefined ? undefined : Number(digits);
};

export const readTexts = (item: Item | undefined, name: string): string[] =>
  (item?.[name]?.L ?? []).flatMap((element) => element.S ?? []);
