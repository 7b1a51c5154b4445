/** The members of the describe outputs that the SDK gives as a Date and the CLI prints as text or epoch seconds. */
const dateMembers = new Set([
  'createdAt',
  'updatedAt',
  'stabilityStatusAt',
  'registeredAt',
  'deregisteredAt',
  'CreatedTime',
  'StateUpdatedTimestamp',
  'StateTransitionedTimestamp',
  'AlarmConfigurationUpdatedTimestamp',
]);

const dateOf = (value: string | number): Date => new Date(typeof value === 'number' ? value * 1000 : value);

export const isTime = (value: string | number): boolean => !Number.isNaN(dateOf(value).getTime());

const asDate = (value: unknown): unknown => {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return isTime(value) ? dateOf(value) : value;
};

/** The CLI's JSON as the SDK would have answered it. */
export const reviveDates = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(reviveDates) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      dateMembers.has(name) ? asDate(member) : reviveDates(member),
    ]),
  ) as Value;
};
