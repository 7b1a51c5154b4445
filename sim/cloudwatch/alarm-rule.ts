import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { tokenCursor, tokensOf } from './token-cursor.ts';

/** What a composite alarm's rule says; `names` are the alarms it reads. */
export type AlarmRule = { names: string[]; holds(stateOf: (name: string) => StateValue): boolean };

type Node = (stateOf: (name: string) => StateValue) => boolean;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()]|[^\s()"]+)/y;
const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;

const unreadable = (rest: string): Error => new Error(`unreadable at ${JSON.stringify(rest)}`);

/** An alarm is named bare, in quotes, or by its ARN. */
const nameOf = (token: string): string => token.replace(/^"(.*)"$/s, '$1').replace(/^arn:.*?:alarm:/, '');

/**
 * Reads `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))`, TRUE and FALSE; NOT binds tightest, then AND, then OR.
 * @throws Error saying what could not be read.
 */
export const parseAlarmRule = (text: string): AlarmRule => {
  const { take, skip, expect, end } = tokenCursor(tokensOf(TOKEN, text, unreadable));
  const names = new Set<string>();

  const either = (): Node => {
    const parts = [all()];
    while (skip('OR')) parts.push(all());
    return (stateOf) => parts.some((part) => part(stateOf));
  };
  const all = (): Node => {
    const parts = [one()];
    while (skip('AND')) parts.push(one());
    return (stateOf) => parts.every((part) => part(stateOf));
  };
  const one = (): Node => {
    const token = take();
    if (token === 'NOT') {
      const negated = one();
      return (stateOf) => !negated(stateOf);
    }
    if (token === '(') {
      const inner = either();
      expect(')');
      return inner;
    }
    if (token === 'TRUE' || token === 'FALSE') return () => token === 'TRUE';

    const wanted = STATES.find((state) => state === token);
    if (wanted === undefined)
      throw new Error(`expected a condition, found ${token === '' ? 'its end' : token}`);
    expect('(');
    const name = nameOf(take());
    expect(')');
    names.add(name);
    return (stateOf) => stateOf(name) === wanted;
  };

  const holds = either();
  end();
  return { names: [...names], holds };
};
