/**
 * `Name=a,Values=b,c` as the AWS CLI reads it: a piece without a name belongs to the list before it, quotes keep
 * commas, and `[{GroupId=sg-a}]` nests.
 */
export const readShorthand = (text: string): Record<string, unknown> => {
  const found: Record<string, unknown> = {};
  let last = '';
  for (const piece of pieces(text)) {
    const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(piece) ?? [];
    const read = nested(value ?? piece);
    if (name !== undefined) {
      if (Object.hasOwn(found, name)) throw new Error(`${name} twice`);
      found[name] = read;
      last = name;
    } else {
      if (last === '') throw new Error(`no NAME=VALUE: ${text}`);
      found[last] = [found[last], read].flat();
    }
  }
  return found;
};

const nested = (value: string): unknown => {
  const inner = value.slice(1, -1);
  if (value.startsWith('[') && value.endsWith(']')) return pieces(inner).map(nested);
  if (value.startsWith('{') && value.endsWith('}')) return readShorthand(inner);
  return value.startsWith('"') && value.endsWith('"') ? inner : value;
};

/** What commas outside of quotes and brackets part. */
const pieces = (text: string): string[] => {
  const found = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"]*"|[^"]/g)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (token === ',' && depth === 0) found.push('');
    else found[found.length - 1] += token;
  }
  return found;
};
