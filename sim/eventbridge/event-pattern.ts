import { isObject } from '../../core/is-object.ts';
/**
 * As much of EventBridge's event patterns as our rules and examples use: equality, `exists`, `anything-but` and `$or`
 * (EventBridge user guide, comparison operators in event patterns). Fields are and, lists are or.
 */
export type Pattern = { [field: string]: Pattern | unknown[] };

const meets = (condition: unknown, value: unknown): boolean => {
  if (!isObject(condition)) return condition === value;
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(condition);
  if (more.length > 0) throw new Error('expected one operator');
  if (operator === 'exists') return (value !== undefined) === operand;
  if (operator === 'anything-but') return value !== undefined && value !== null && value !== operand;
  throw new Error(`the simulator does not model the operator ${operator}`);
};

export const matches = (pattern: Pattern, event: unknown): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as Pattern[]).some((one) => matches(one, event));
    const value = isObject(event) ? event[field] : undefined;
    return Array.isArray(wanted)
      ? wanted.some((condition) => meets(condition, value))
      : matches(wanted, value);
  });
