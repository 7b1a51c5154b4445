import type { Host } from './host.types.ts';

/** What the Command Lambda takes as an id: letters, digits and _. A call that is sent again keeps it. */
export const commandId = ({ clock, random }: Host): string =>
  `cli_${clock.nowMs().toString(36)}_${Math.floor(random() * 36 ** 6).toString(36)}`;
