import type { Finding } from '../../vocabulary/finding.types.ts';
import type { Route } from '../../vocabulary/plan.types.ts';
import type { Inspected } from './check.types.ts';
import { error } from './finding.ts';

/**
 * Input and output of a state may have 262,144 bytes (Step Functions quotas) [fact 93]; more ends the execution, and
 * no Catch runs then [fact 107]. The rest is for the cause of a failure, which Step Functions copies into the state.
 */
export const PAYLOAD_BUDGET_BYTES = 220_000;

/**
 * Slices that name every route: attached, traffic, the decision's evidence, the rollback's, and reasons that list
 * them: the decision's and, because they repeat it, the rollback's two and the outcome's.
 */
const COPIES_OF_A_LABEL = 8;
/** Beside its label: weights before and after, weights in evidence, punctuation. */
const BYTES_A_ROUTE = 500;

/** In the plan, in evidence, among the ignored of plan and decision, and in four reasons. */
const COPIES_OF_A_NAME = 8;
/** Beside its name: its state, the sentence around it in four reasons. */
const BYTES_AN_ALARM = 400;

/** Whatever does not grow: execution, lease, green's specification, task sets, removal. */
const BYTES_OF_THE_REST = 12_000;

/** UTF-8, of which a JavaScript character takes at most three bytes. */
const bytesOf = (value: unknown): number =>
  [...JSON.stringify(value)].reduce((sum, character) => sum + utf8Length(character.codePointAt(0) ?? 0), 0);

const utf8Length = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_00_00 ? 3 : 4;

/** The testers' among them. */
const routesOf = ({ routes, test }: Inspected['found']): Route[] => [...routes, ...(test ? [test] : [])];

/** What the execution's state may grow to, bytes. The request is in it as it came and as it was read. */
export const payloadBytes = (
  { request, found }: Pick<Inspected, 'request' | 'found'>,
  findings: readonly Finding[],
): number =>
  BYTES_OF_THE_REST +
  2 * bytesOf(request) +
  bytesOf(findings) +
  bytesOf(routesOf(found)) +
  routesOf(found).reduce((sum, { label }) => sum + COPIES_OF_A_LABEL * bytesOf(label) + BYTES_A_ROUTE, 0) +
  request.alarms.names.reduce((sum, name) => sum + COPIES_OF_A_NAME * bytesOf(name) + BYTES_AN_ALARM, 0);

/** Not one of the checks: their findings are part of the plan, so it comes after them. */
export const checkPayloadBudget = (inspected: Inspected, findings: readonly Finding[]): Finding[] => {
  const bytes = payloadBytes(inspected, findings);
  if (bytes <= PAYLOAD_BUDGET_BYTES) return [];
  const { request, found } = inspected;
  return [
    error(
      'payload-budget',
      `expected a deployment whose state stays under ${PAYLOAD_BUDGET_BYTES} bytes, found up to ` +
        `${bytes} with ${found.routes.length} routes and ${request.alarms.names.length} alarms: Step ` +
        'Functions ends an execution for good at 262144, without a rollback',
      'Watch one composite alarm instead of its children, or shift fewer rules: rules that forward ' +
        'alike can share one with several conditions.',
    ),
  ];
};
