/**
 * Plain data as a short text, with its times left open: two states are compared by the shapes of their parts and the
 * ages of their times. What a step returned is shared by the states that follow, so its shape is made once.
 */

/**
 * A time in the data; from `oldMs` of age on it only counts as old. Null: it lies ahead, and counts by what is left.
 */
type Hole = { ms: number; oldMs: number | null };

export type Shape = { id: number; holes: readonly Hole[] };

/** What a member is to a comparison: a time, left out, or itself. */
type Reading = { kind: 'time'; oldMs: number | null } | 'unread' | 'itself';

export type Read = (name: string, value: unknown) => Reading;

const ids = new Map<string, number>();
const idOf = (text: string): number => {
  const known = ids.get(text);
  if (known !== undefined) return known;
  ids.set(text, ids.size);
  return ids.size - 1;
};

export const shapeOf = (value: unknown, read: Read): Shape => {
  const holes: Hole[] = [];
  const textOfMember = (name: string, member: unknown): string => {
    const reading = read(name, member);
    if (reading === 'unread') return '';
    if (reading === 'itself') return text(member, name);
    holes.push({ ms: member as number, oldMs: reading.oldMs });
    return '?';
  };
  /** `list` is the name of the list that the part stands in: times in a list are times. */
  const text = (part: unknown, list?: string): string => {
    if (Array.isArray(part)) {
      const items = part.map((item: unknown) =>
        typeof item === 'number' && list !== undefined ? textOfMember(list, item) : text(item),
      );
      return `[${items.join()}]`;
    }
    if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? '-';
    let members = '{';
    for (const name in part) {
      const member = (part as Record<string, unknown>)[name];
      if (member === undefined || read(name, member) === 'unread') continue;
      members += `${name}:${textOfMember(name, member)},`;
    }
    return `${members}}`;
  };
  const whole = text(value);
  return { id: idOf(whole), holes };
};

/** The shape at an instant. */
export const at = ({ id, holes }: Shape, nowMs: number): string => {
  let text = String(id);
  for (const { ms, oldMs } of holes) {
    const ageMs = nowMs - ms;
    text += oldMs !== null && ageMs >= oldMs ? ':old' : `:${ageMs}`;
  }
  return text;
};
