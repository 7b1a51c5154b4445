import type { FailureCause } from '../../sim/parts.types.ts';
import type { Point } from '../stage/points.ts';
import type { Stage } from '../stage/stage.ts';
import type { Span } from './span.ts';

/** What a fault itself may cost users, with the reason; whatever is lost beyond it is the deployment's doing. */
export type MayLose = { causes: readonly FailureCause[]; atMost: number; because: string };

export const NOTHING: MayLose = { causes: [], atMost: 0, because: 'it touches no request' };

export type ProofFault = {
  name: string;
  description: string;
  /** The fault that has this one in turn with others; absent: it stands for itself. */
  variantOf?: string;
  /** Another one comes with it in the same run. */
  beside?: string;
  mayLose: MayLose;
  /** For so long no step that could send users back may run; absent: no longer than its retries wait. */
  keepsFromRunningMs?: number;
  /** The deployment is to end as if nothing had happened. */
  endsAlike: boolean;
  /** Only these deployments can meet it; absent: all. */
  bases?: readonly string[];
  /** Null where it has no meaning. With a span it also notes where else there is nothing to strike, if it can. */
  arm(point: Point, span?: Span): ((stage: Stage) => void) | null;
};
