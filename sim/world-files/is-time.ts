/** The CLI prints a timestamp as text or as epoch seconds; the SDK gives a Date. */
export const dateOf = (value: string | number): Date =>
  new Date(typeof value === 'number' ? value * 1000 : value);

export const isTime = (value: string | number): boolean => !Number.isNaN(dateOf(value).getTime());
