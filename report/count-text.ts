import type { Count } from './report.types.ts';

export const countText = (of: Count | null): string =>
  of === null ? 'unknown' : `${of.healthy} of ${of.of}`;
