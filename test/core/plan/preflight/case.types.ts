import type { Severity } from '../../../../core/vocabulary/finding.types.ts';
import type { PlanObservation } from '../../../../core/vocabulary/observation.types.ts';

/** A finding, where it is made and where it is not. */
export type Case = {
  id: string;
  severity: Severity;
  /** The row of the field's checklist or of the table of known mistakes it answers. */
  row: string;
  /** A part of the message that only the values found here can have produced. */
  found: string;
  observed?: PlanObservation;
  request?: Record<string, unknown>;
  /** The nearest world in which the check is silent, when that is not the healthy service. */
  silent?: { observed?: PlanObservation; request?: Record<string, unknown> };
};
