/**
 * The most items a list operation of the simulator answers at once, if the kernel is not asked otherwise: small, so
 * that unread pages show.
 */
export const PAGE_SIZE = 5;

type Page<T> = { items: T[]; next: string | undefined };

/** One page of `all`; `marker` is what the page before gave as `next`, `wanted` the caller's own page size. */
export const pageOf = <T>(
  all: readonly T[],
  marker: string | undefined,
  wanted: number | undefined,
  refuse: () => Error,
  largest = PAGE_SIZE,
): Page<T> => {
  const start = marker === undefined ? 0 : Number(marker.replace(/^page-/, ''));
  if (!Number.isInteger(start) || start < 0 || start > all.length) throw refuse();

  const end = start + Math.min(wanted ?? largest, largest);
  return { items: all.slice(start, end), next: end < all.length ? `page-${end}` : undefined };
};
