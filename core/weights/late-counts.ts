import { SECOND_MS } from '../clock.ts';
import type { ColourCount, PlacementMemory, Shares } from '../vocabulary/placement.types.ts';

/**
 * ECS answers from copies that are a moment old, the load balancer does not. When fewer tasks are wanted, targets drain
 * before a read of ECS shows the lower count: the colour appears to have lost what nobody wants of it any more. A task
 * that stops by itself drains as well, but ECS does not count it as running; while it still does, the next read tells.
 */

export type Colour = 'blue' | 'green';

/** Longer than three observations LATE_COUNT_WAIT_MS apart: users wait no longer, for whatever reason targets leave. */
export const LATE_COUNT_MS = 15 * SECOND_MS;
/** ECS shows a change a second or two later. */
export const LATE_COUNT_WAIT_MS = 5 * SECOND_MS;

type Counts = { needed: number; shares: Shares | undefined } & Record<Colour, ColourCount | null>;

/**
 * Colours that lack nothing but tasks whose targets leave while ECS counts them. One without any healthy target is not
 * waited for: nobody answers there.
 */
export const lateColours = ({ needed, shares, ...counts }: Counts): Colour[] =>
  (['blue', 'green'] as const).filter((colour) => {
    const whole = Math.min(needed, shares?.[colour] ?? needed);
    const { healthy = 0, leaving = 0 } = counts[colour] ?? {};
    return healthy > 0 && healthy < whole && healthy + leaving >= whole;
  });

/** Since when there has been such a colour; undefined: there is none. */
export const countsLateSince = (
  late: readonly Colour[],
  { countsLateSinceMs }: Pick<PlacementMemory, 'countsLateSinceMs'>,
  nowMs: number,
): number | undefined => (late.length === 0 ? undefined : (countsLateSinceMs ?? nowMs));
